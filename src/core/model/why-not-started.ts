import { BatonError, messageOf } from './errors';

/** Why a command could not start, for people and models: what to do rather than what the system calls it. */
export function whyNotStarted(command: string | readonly string[], error: unknown): string {
  const code = error instanceof BatonError ? error.code : undefined;
  const program = typeof command === 'string' ? undefined : command[0];
  if (program !== undefined && code === 'enoent')
    return /[\\/]/.test(program)
      ? `There is no program ${program}.`
      : `There is no program "${program}" on the PATH.`;
  if (program !== undefined && code === 'eacces')
    return `${program} may not be run. Make it executable, or name what runs it: [sh, ${program}].`;
  return `The command could not start: ${messageOf(error)}`;
}
