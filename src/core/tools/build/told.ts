import type { BuildProblem } from './build-problems';
import type { Ended } from './project-call';

const MOST_PROBLEMS = 40;
const TAIL_LINES = 40;
const TAIL_CHARACTERS = 4_000;

/** The command, and how it ended. */
export function ending({ command, result, timedOut }: Ended): string {
  const words = command.command.join(' ');
  if (timedOut) return `$ ${words}: ended because it ran too long; what it did until then stays done.`;
  if (result.exitCode === null) return `$ ${words}: ended by ${result.signal ?? 'a signal'}`;
  return `$ ${words}: exit code ${result.exitCode}${result.truncated ? ' (only the end of the output was kept)' : ''}`;
}

export function problemLines(problems: readonly BuildProblem[]): string[] {
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map((problem) => `- ${problem.file}:${problem.line}: ${problem.message}`);
  const untold = problems.length - lines.length;
  return untold > 0 ? [...lines, `(${untold} more problems are not listed.)`] : lines;
}

/** The end of an output that could not be understood, so that the reader can. */
export function tailOf(output: string): string[] {
  const text = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n').slice(-TAIL_CHARACTERS);
  return text === '' ? ['It printed nothing.'] : ['The end of the output:', text];
}
