import { createHash } from 'node:crypto';
import { formatDiagnostic } from '../../../src/core/model/diagnostic';
import type { WorkflowDefinition } from '../../../src/core/model/workflow';
import type { ParsedWorkflow } from '../../../src/core/workflow/parsed-workflow';
import { parseWorkflow, type ParseResult } from '../../../src/core/workflow/parse';
import { knownAgents } from './agents';

/** Parses as the core does, without files. */
export function read(text: string, path = 'workflows/flow.baton.yaml'): ParseResult {
  const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
  return parseWorkflow({ text, path, knownAgents, sha256 });
}

/** The definition of a file that must be valid; what is wrong with it fails the test. */
export function valid(text: string, path?: string): WorkflowDefinition {
  const parsed = read(text, path);
  if (parsed.definition === undefined) throw new Error(told(parsed).join('\n'));
  return parsed.definition;
}

/** "line:column code" of each diagnostic, in the order told. */
export function faults(parsed: ParsedWorkflow): string[] {
  return parsed.diagnostics.map(({ range, code }) => `${range.start.line}:${range.start.column} ${code}`);
}

export function told(parsed: ParsedWorkflow): string[] {
  return parsed.diagnostics.map((diagnostic) => formatDiagnostic('flow.yaml', diagnostic));
}
