import type { Dialect } from '../parsed-workflow';
import { entryOf, type MapNode, type SourceNode } from '../source/node';
import { isWorkflowPath } from '../workflow-path';

/** Keys that only Baton's own format has: one of them settles the question. */
const OWN_TOP = ['inputs', 'env', 'phases', 'finally', 'providers'];
const OWN_STEP = ['if', 'when', 'with', 'run', 'approval', 'approval_required', 'writes', 'onError', 'retry'];
const OWN_STEP_MORE = [
  'idempotent',
  'output',
  'needs',
  'depends_on',
  'uses',
  'matrix',
  'foreach',
  'id',
  'stepId',
];
const PROMPT_STEP = ['timeoutMs', 'parallel', 'optional', 'retryPolicy', 'outputSchema', 'dependencies'];
const ITERATE_TOP = ['errorHandling', 'monitoring', 'resources', 'rollback'];
const ITERATE_STEP = ['retryable', 'required'];
const ACTION_TOP = new Set(['name', 'version', 'description', 'author', 'tags', 'steps']);
const ACTION_STEP = new Set([
  'key',
  'description',
  'agent',
  'action',
  'provider',
  'model',
  'timeout',
  'retries',
  'continueOnError',
  'dependsOn',
]);

/**
 * Whose words a file uses. The dialects overlap, so what decides is a word that only one of them has; a file whose
 * name says that it is Baton's own is never taken for another.
 */
export function detectDialect(root: MapNode, path: string): Dialect {
  const steps = stepsOf(root);
  const anyStep = (names: readonly string[]) =>
    steps.some((step) => names.some((name) => entryOf(step, name)));
  const anyTop = (names: readonly string[]) => names.some((name) => entryOf(root, name));
  if (entryOf(root, 'phases') && !entryOf(root, 'steps')) return 'phases';
  if (isWorkflowPath(path) === 'own' || anyTop(OWN_TOP) || anyStep(OWN_STEP) || anyStep(OWN_STEP_MORE))
    return 'baton';
  if (steps.length === 0) return 'baton';
  const isKeyless = steps.every((step) => !entryOf(step, 'key'));
  if (isKeyless && anyStep(['prompt']) && (anyTop(ITERATE_TOP) || anyStep(ITERATE_STEP)))
    return 'automatosx-iterate';
  if (anyStep(['prompt']) && anyStep(PROMPT_STEP)) return 'automatosx-prompt';
  // Without one of these the file is word for word Baton's own format.
  const isAction =
    anyStep(['timeout', 'retries']) &&
    steps.every((step) => entryOf(step, 'key') && entryOf(step, 'agent') && entryOf(step, 'action')) &&
    steps.every((step) => step.entries.every((entry) => ACTION_STEP.has(entry.key))) &&
    root.entries.every((entry) => ACTION_TOP.has(entry.key));
  return isAction ? 'automatosx-action' : 'baton';
}

function stepsOf(root: MapNode): MapNode[] {
  const value: SourceNode | undefined = entryOf(root, 'steps')?.value;
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'map') : [];
}
