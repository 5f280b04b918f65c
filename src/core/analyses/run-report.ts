import { isJsonObject, type JsonValue } from '../base/json';
import { throwIfAborted } from '../base/abort';
import type { Host } from '../host';
import type { ArtifactRef } from '../model/artifact';
import type { Concluded } from './answer';
import { localEngine } from './analysis';
import type { ReportStep } from './report/create-report';
import { findingsIn } from './report/upstream-findings';
import { AnalysisThread } from './run-analysis';

/** A step upstream of the report, as the engine hands it over. */
export interface UpstreamStep {
  readonly key: string;
  readonly title: string;
  readonly status: 'completed' | 'skipped' | 'failed' | 'cancelled';
  readonly output: JsonValue;
  readonly summary: string;
  readonly artifacts: readonly ArtifactRef[];
}

export interface ReportOptions {
  readonly title: string;
  readonly workspace: string;
  readonly upstream: readonly UpstreamStep[];
  /** What a person said when asking for this report again. */
  readonly comment?: string;
  readonly getArtifact: (ref: ArtifactRef) => Promise<Uint8Array>;
  readonly signal: AbortSignal;
}

const LINKED_FILES = 1_000;
const LARGEST_LINKED = 5_000_000;
const REPORT_TIMEOUT = 60_000;

/** A Markdown report over the results upstream, with the findings of all of them merged. */
export async function runReport(
  host: Pick<Host, 'files' | 'workers'>,
  options: ReportOptions,
): Promise<Concluded> {
  const steps: ReportStep[] = [];
  for (const { key, title, status, output, summary, artifacts } of options.upstream) {
    throwIfAborted(options.signal);
    const whole = await resolveOutput(output, options.getArtifact);
    const findings = findingsIn(whole)?.map((finding) => relativeTo(options.workspace, finding));
    steps.push({
      key,
      title,
      status,
      summary,
      artifacts: artifacts.map((artifact) => artifact.path),
      ...(findings === undefined ? {} : { findings }),
      ...describe(whole, findings !== undefined),
    });
  }
  const files = new Set(steps.flatMap((step) => step.findings ?? []).flatMap(({ file }) => file ?? []));
  const lineCounts = await countLines(host, options.workspace, [...files].sort().slice(0, LINKED_FILES));
  const thread = new AnalysisThread(host, options.signal);
  try {
    const request = {
      title: options.title,
      steps,
      lineCounts,
      ...(options.comment === undefined ? {} : { comment: options.comment }),
    };
    return (await thread.ask({ kind: 'report', request }, REPORT_TIMEOUT)) as Concluded;
  } finally {
    thread.dispose();
  }
}

/** Large outputs are kept as artifacts, and `{ "$artifact": hash }` stands for them. */
export async function resolveOutput(
  output: JsonValue,
  getArtifact: (ref: ArtifactRef) => Promise<Uint8Array>,
): Promise<JsonValue> {
  if (!isJsonObject(output) || typeof output['$artifact'] !== 'string') return output;
  const bytes = await getArtifact({
    hash: output['$artifact'],
    path: 'output.json',
    mediaType: 'application/json',
    size: typeof output['size'] === 'number' ? output['size'] : 0,
  });
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function describe(
  output: JsonValue,
  hasFindings: boolean,
): Pick<ReportStep, 'local' | 'notes' | 'metrics' | 'scanned' | 'isCut' | 'counts' | 'text'> {
  if (isJsonObject(output) && output['engine'] === localEngine) {
    return {
      local: true,
      notes: Array.isArray(output['notes']) ? (output['notes'] as readonly JsonValue[]).map(String) : [],
      metrics: numbersIn(output['metrics']),
      scanned: numbersIn(output['scanned']),
      counts: numbersIn(output['counts']),
      ...(isJsonObject(output['scanned']) && output['scanned']['isCut'] === true && { isCut: true }),
    };
  }
  if (output === null || hasFindings) return {};
  const text = typeof output === 'string' ? output : JSON.stringify(output, undefined, 2);
  return text.trim() === ''
    ? {}
    : { text: text.length > 4_000 ? `${text.slice(0, 4_000)}\n... (cut)` : text };
}

function numbersIn(value: JsonValue | undefined): Record<string, number> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

export function relativeTo<T extends { readonly file?: string }>(workspace: string, finding: T): T {
  const prefix = `${workspace.replaceAll('\\', '/').replace(/\/$/, '')}/`;
  return finding.file?.startsWith(prefix) === true
    ? { ...finding, file: finding.file.slice(prefix.length) }
    : finding;
}

/** Lines of each file that is there now: the folder may have changed since a step looked at it. */
async function countLines(
  host: Pick<Host, 'files'>,
  workspace: string,
  files: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const file of files) {
    if (file.startsWith('/') || file.split('/').includes('..')) continue;
    const bytes = await host.files
      .read(host.files.join(workspace, file), { length: LARGEST_LINKED })
      .catch(() => undefined);
    if (bytes === undefined) continue;
    let lines = 1;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
    counts[file] = lines;
  }
  return counts;
}
