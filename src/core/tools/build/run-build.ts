import { toJson } from '../../base/json';
import { checkArguments } from '../files/tool-arguments';
import type { Tool, ToolOutcome } from '../tool';
import { readProblems } from './build-problems';
import { projectParameters } from './parameters';
import { prepareProjectCall, type Ended } from './project-call';
import { plainText } from './results/plain-text';
import { ending, problemLines, tailOf } from './told';

/** Builds a folder with the project's own tools and tells what the compiler found. */
export const runBuildTool: Tool = {
  declaration: {
    name: 'run_build',
    description:
      'Builds the project with its own tools (npm, pnpm, yarn, Maven, Gradle, cargo, go, Python, make; found from the files of the folder) and returns whether that worked, and each compiler error with file, line and message.',
    parameters: projectParameters(),
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    return prepareProjectCall('build', args, scope, tell);
  },
};

async function tell(ended: Ended): Promise<ToolOutcome> {
  const output = plainText(`${ended.result.stdout}\n${ended.result.stderr}`);
  const isError = ended.result.exitCode !== 0;
  const problems = readProblems(output);
  const lines = [
    isError ? 'The build failed.' : 'The build succeeded.',
    ending(ended),
    ...problemLines(problems),
  ];
  if (isError) lines.push(...tailOf(output));
  return {
    text: lines.join('\n'),
    isError,
    data: toJson({
      system: ended.command.system,
      command: ended.command.command,
      exitCode: ended.result.exitCode,
      timedOut: ended.timedOut,
      problems,
    }),
    isForeign: true,
  };
}
