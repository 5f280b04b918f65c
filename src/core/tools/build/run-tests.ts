import { toJson } from '../../base/json';
import { checkArguments } from '../files/tool-arguments';
import type { Tool, ToolOutcome, ToolScope } from '../tool';
import { readProblems } from './build-problems';
import { projectParameters } from './parameters';
import { prepareProjectCall, type Ended } from './project-call';
import { readReports } from './read-reports';
import { plainText } from './results/plain-text';
import { readResults } from './results/read-results';
import type { TestFailure, TestResults } from './results/test-results';
import { ending, problemLines, tailOf } from './told';

const MOST_TOLD = 30;

/** Runs the tests of a folder with the project's own tools and tells counts and failures. */
export const runTestsTool: Tool = {
  declaration: {
    name: 'run_tests',
    description:
      'Runs the tests of the project with its own test runner (npm, pnpm, yarn, Maven, Gradle, cargo, go, pytest, make; found from the files of the folder) and returns how many passed, failed and were skipped, and each failure with file, line and message.',
    parameters: projectParameters(
      'Only this test file, test name or package, as the runner takes it. Leave out to run all.',
    ),
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    return prepareProjectCall('test', args, scope, (ended) => tell(ended, scope));
  },
};

async function tell(ended: Ended, scope: ToolScope): Promise<ToolOutcome> {
  const output = plainText(`${ended.result.stdout}\n${ended.result.stderr}`);
  const results = (await reported(ended, scope)) ?? readResults(output);
  const isError = ended.result.exitCode !== 0;
  // Tests that could not be compiled have no results, but the compiler said why.
  const problems =
    isError && (results === undefined || results.counts.failed === 0) ? readProblems(output) : [];
  const lines = [summary(results), ending(ended)];
  if (results !== undefined) lines.push(...results.failures.slice(0, MOST_TOLD).map(failureLine));
  const untold = (results?.counts.failed ?? 0) - Math.min(results?.failures.length ?? 0, MOST_TOLD);
  if (untold > 0) lines.push(`(${untold} more failures are not listed.)`);
  lines.push(...problemLines(problems));
  if (results === undefined || (isError && results.failures.length === 0)) lines.push(...tailOf(output));
  return {
    text: lines.join('\n'),
    isError,
    data: toJson({
      system: ended.command.system,
      command: ended.command.command,
      exitCode: ended.result.exitCode,
      timedOut: ended.timedOut,
      ...(results === undefined ? {} : { results }),
      ...(problems.length === 0 ? {} : { problems }),
    }),
    isForeign: true,
  };
}

/** Maven and Gradle write what their text leaves out. */
async function reported(ended: Ended, scope: ToolScope): Promise<TestResults | undefined> {
  const { reports } = ended.command;
  if (reports === undefined) return undefined;
  return readReports(scope.host.files.within(scope.workspace), ended.folder, reports, ended.startedAt);
}

function summary(results: TestResults | undefined): string {
  if (results === undefined) return 'No results of tests could be read from the output.';
  const { passed, failed, skipped } = results.counts;
  return `Tests (${results.format}): ${passed} passed, ${failed} failed, ${skipped} skipped.`;
}

function failureLine(one: TestFailure): string {
  const place = one.file === undefined ? '' : ` (${one.file}${one.line === undefined ? '' : `:${one.line}`})`;
  return `- ${one.name}${place}: ${one.message.replaceAll('\n', '\n    ')}`;
}
