/*
 * owns: from a file's text to a definition, its plan, and everything that is wrong with it, in one go.
 * does not own: reading files and threads (parse-file).
 * must stay true: pure and total: the same text always gives the same answer, and no text makes it throw.
 */
import { canonicalJson } from '../base/json';
import { messageOf } from '../model/errors';
import type { Range } from '../model/diagnostic';
import type { StepKey } from '../model/ids';
import type { Mapping, ParsedWorkflow } from './parsed-workflow';
import { AgentNames, type KnownAgent } from './read/agents';
import { detectDialect } from './read/dialect';
import { readWorkflow } from './read/read-workflow';
import { LIMITS, utf8Length } from './source/limits';
import { kindOf, type SourceNode } from './source/node';
import { readJson } from './source/read-json';
import { readYaml, type IncludedFile } from './source/read-yaml';
import { Report } from './source/report';

export interface ParseRequest {
  readonly text: string;
  /** Relative to the workspace folder; its ending decides between JSON and YAML. */
  readonly path: string;
  readonly knownAgents: readonly KnownAgent[];
  /** Lower-case hex SHA-256; without it the result has no hash. */
  readonly sha256?: (text: string) => string;
  /** The text of a `!file`, or why it is refused; undefined when it has not been read (then it is listed as wanted). */
  readonly readFile?: (path: string) => IncludedFile;
}

export interface ParseResult extends ParsedWorkflow {
  /** Paths of `!file` that `readFile` did not know: read them and parse again. */
  readonly wanted: readonly string[];
}

/** Reads a workflow's text to its end, whatever it says: every fault is a diagnostic with its place, and nothing is thrown. */
export function parseWorkflow(request: ParseRequest): ParseResult {
  const report = new Report(request.text);
  const wanted = new Set<string>();
  try {
    return parse(request, report, wanted);
  } catch (error) {
    // A fault in Baton, told as one: a file must never take the editor down with it.
    report.error('internal', `Baton could not read this file: ${messageOf(error)}.`, { start: 0, end: 0 });
    return failed(report, wanted);
  }
}

function parse(request: ParseRequest, report: Report, wanted: Set<string>): ParseResult {
  const root = readSource(request, report, wanted);
  if (root?.kind !== 'map') {
    if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
      if (!report.hasErrors) {
        report.error(
          'empty-file',
          'The file is empty.',
          { start: 0, end: 0 },
          'Begin with "name:" and "steps:".',
        );
      }
    } else if (!report.hasErrors) {
      const hint = 'Begin with "name:" and "steps:".';
      report.error(
        'wrong-type',
        `A workflow is a mapping, not ${kindOf(root)}.`,
        { ...root, end: root.start + 1 },
        hint,
      );
    }
    return failed(report, wanted);
  }
  const dialect = detectDialect(root, request.path);
  const agents = new AgentNames(request.knownAgents);
  const { definition, plan, drafts } = readWorkflow(root, { path: request.path, dialect, agents }, report);
  const positions = Object.create(null) as Record<StepKey, Range>;
  for (const { step, node, at } of drafts) {
    positions[step.key] = report.range({ start: Math.min(node.start, at.start), end: at.end });
  }
  // In the own format only what was written in other words is worth telling.
  const isWorthTelling = (mapping: Mapping) => dialect !== 'baton' || mapping.same !== true;
  return {
    dialect,
    diagnostics: report.diagnostics(),
    mappings: report.allMappings().filter(isWorthTelling),
    unsupported: report.unsupported,
    ...(plan === undefined ? {} : { definition, plan }),
    ...(plan === undefined || request.sha256 === undefined
      ? {}
      : { hash: request.sha256(canonicalJson(definition)) }),
    positions,
    wanted: [...wanted],
  };
}

function readSource(request: ParseRequest, report: Report, wanted: Set<string>): SourceNode | undefined {
  const { text, path } = request;
  if (text.length > LIMITS.fileBytes || utf8Length(text) > LIMITS.fileBytes) {
    const megabytes = LIMITS.fileBytes / 1024 / 1024;
    const at = { start: 0, end: 0 };
    report.error(
      'too-large',
      `The file is larger than ${megabytes} MB.`,
      at,
      'Move long prompts to files: !file path.',
    );
    return undefined;
  }
  if (/\.json$/i.test(path)) return readJson(text, report);
  return readYaml(text, report, (wish) => {
    const file = request.readFile?.(wish);
    if (file === undefined) wanted.add(wish);
    return file;
  });
}

function failed(report: Report, wanted: ReadonlySet<string>): ParseResult {
  return {
    dialect: 'baton',
    diagnostics: report.diagnostics(),
    mappings: report.allMappings(),
    unsupported: report.unsupported,
    positions: {},
    wanted: [...wanted],
  };
}
