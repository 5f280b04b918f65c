import type { CommandRule } from '../../../../src/core/tools/policy/command-rule';

/** What "allow these" can mean at most: exactly the words, and the program (and subcommand) with any plain words. */
export function widestRules(allow: readonly string[]): readonly CommandRule[] {
  return allow.flatMap((text): CommandRule[] => {
    const argv = text.split(' ').filter((word) => word !== '');
    const [program = '', ...rest] = argv;
    const subcommands = rest.length > 0 ? { subcommands: rest } : {};
    return [
      { type: 'exact', argv },
      { type: 'pattern', program, ...subcommands, operands: 'words' },
      { type: 'pattern', program, ...subcommands, operands: 'paths' },
    ];
  });
}
