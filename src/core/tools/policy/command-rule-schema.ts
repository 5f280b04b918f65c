import * as z from 'zod';
import type { CommandRule } from './command-rule';

const word = z.string().min(1).max(4_000);
const flag = z.union([
  z.string().regex(/^-.+/),
  z.strictObject({ flag: z.string().regex(/^-.+/), value: z.enum(['number', 'word', 'path']) }),
]);

/** A rule as settings and events hold it. */
export const commandRuleSchema: z.ZodType<CommandRule> = z.union([
  z.strictObject({ type: z.literal('exact'), argv: z.array(z.string().max(4_000)).min(1).max(256) }),
  z
    .strictObject({
      type: z.literal('pattern'),
      program: word,
      subcommands: z.array(word).max(8).optional(),
      flags: z.array(flag).max(256).optional(),
      operands: z.enum(['none', 'words', 'paths']).optional(),
    })
    .transform(({ type, program, subcommands, flags, operands }) => ({
      type,
      program,
      ...(subcommands === undefined ? {} : { subcommands }),
      ...(flags === undefined ? {} : { flags }),
      ...(operands === undefined ? {} : { operands }),
    })),
]);
