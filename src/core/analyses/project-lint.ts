import { isJsonObject, type JsonValue } from '../base/json';
import { leftRunningNote } from '../base/left-running';
import type { Host } from '../host';
import { messageOf } from '../model/errors';
import type { MoreFindings } from './editor-diagnostics';
import { findingsIn } from './report/upstream-findings';

export interface ProjectLintRequest {
  readonly workspace: string;
  /** The value of BATON_STEP, by which the process is found again. */
  readonly mark: string;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
}

const PATIENCE_MS = 300_000;

/** Runs the linter that the project itself configured, and says which command that was. A missing one is a note. */
export async function projectLint(
  host: Pick<Host, 'files' | 'processes'>,
  request: ProjectLintRequest,
): Promise<MoreFindings> {
  const command = await findLinter(host, request.workspace);
  if (command === undefined) {
    return { findings: [], notes: ['The project has no linter of its own that could be run'] };
  }
  const shown = typeof command === 'string' ? command : command.join(' ');
  request.onText(`$ ${shown}\n`);
  try {
    const result = await host.processes.run({
      command,
      cwd: request.workspace,
      env: { BATON_STEP: request.mark },
      onOutput: (stream, text) => stream === 'stderr' && request.onText(text),
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]),
      graceMs: () => 300,
    });
    if (request.signal.aborted) throw request.signal.reason;
    const findings = readFindings(result.stdout, request.workspace);
    const outcome = `The project's linter ran: ${shown} (exit code ${result.exitCode ?? result.signal})`;
    const silent = findings.length === 0 && result.exitCode !== 0;
    const tail = silent
      ? [`It said: ${lastLine(result.stderr) ?? lastLine(result.stdout) ?? 'nothing'}`]
      : [];
    const left = leftRunningNote(result.leftRunning);
    return { findings, notes: [outcome, ...tail, ...(left === undefined ? [] : [left])] };
  } catch (error) {
    if (request.signal.aborted) throw error;
    return { findings: [], notes: [`The project's linter could not be run: ${shown} (${messageOf(error)})`] };
  }
}

/** ESLint and Ruff when they are configured and installed (they speak JSON), else the project's own script. */
async function findLinter(
  host: Pick<Host, 'files'>,
  workspace: string,
): Promise<string | readonly string[] | undefined> {
  const names = new Set((await host.files.list(workspace)).map((entry) => entry.name));
  const has = async (...parts: string[]) =>
    (await host.files.realPath(host.files.join(workspace, ...parts))) !== undefined;
  const eslintConfig = [...names].some((name) =>
    /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\..+)?)$/.test(name),
  );
  if (eslintConfig && (await has('node_modules', 'eslint', 'bin', 'eslint.js'))) {
    return ['node', 'node_modules/eslint/bin/eslint.js', '--format', 'json', '.'];
  }
  if (await hasLintScript(host, workspace)) {
    const manager = names.has('pnpm-lock.yaml') ? 'pnpm' : names.has('yarn.lock') ? 'yarn' : 'npm';
    return `${manager} run --silent lint`;
  }
  if (names.has('ruff.toml') || names.has('.ruff.toml'))
    return ['ruff', 'check', '--output-format', 'json', '.'];
  return undefined;
}

async function hasLintScript(host: Pick<Host, 'files'>, workspace: string): Promise<boolean> {
  const bytes = await host.files.read(host.files.join(workspace, 'package.json')).catch(() => undefined);
  if (bytes === undefined) return false;
  try {
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    const scripts = isJsonObject(manifest) ? manifest['scripts'] : undefined;
    return isJsonObject(scripts) && typeof scripts['lint'] === 'string';
  } catch {
    return false;
  }
}

function readFindings(stdout: string, workspace: string): MoreFindings['findings'] {
  const prefix = `${workspace.replaceAll('\\', '/')}/`;
  const named = (findings: MoreFindings['findings']) =>
    findings.map((finding) => ({
      ...finding,
      rule: `project/${finding.rule}`,
      ...(finding.file?.startsWith(prefix) === true ? { file: finding.file.slice(prefix.length) } : {}),
    }));
  try {
    return named(findingsIn(JSON.parse(stdout) as JsonValue) ?? []);
  } catch {
    return named(readLines(stdout));
  }
}

/** `file:line:column: message`, the form most linters print. */
function readLines(stdout: string): MoreFindings['findings'] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^([^\s:][^:]{0,300}):(\d{1,7}):(?:\d{1,6}:)?\s*(\S.{0,500})$/.exec(line);
    if (match === null) return [];
    const [, file = '', at = '1', message = ''] = match;
    return [
      {
        rule: 'linter',
        severity: 'low' as const,
        message,
        file: file.replace(/^\.\//, ''),
        line: Number(at),
      },
    ];
  });
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) || undefined;
}
