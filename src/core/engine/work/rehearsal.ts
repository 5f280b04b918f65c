import type { Assignment } from '../../model/events';
import type { StepProduct } from '../../model/run-state';
import type { Step } from '../../model/workflow';
import type { ArtifactStore } from '../../storage/run-store';
import { checkExpression, type ValueContext } from '../../workflow/expressions';
import type { StepState } from '../../model/run-state';
import type { StepKey } from '../../model/ids';
import { judgeCondition, type ConditionVerdict } from '../graph/condition';
import type { StepContent } from './step-content';

/** Who "does" a step of a rehearsal. */
export function rehearsalAssignment(step: Step): Assignment {
  return {
    agent: step.agent ?? (step.run === undefined ? 'unassigned' : 'command'),
    engine: 'rehearsal',
    why: 'a rehearsal: nobody works, nothing is written',
  };
}

/** True when the condition looks at results that a rehearsal only invents. */
function looksAtResults(condition: string): boolean {
  return checkExpression(condition).references.some(
    ({ path }) => path[0] === 'steps' && (path.length < 3 || path[2] !== 'status'),
  );
}

/** A condition over invented results is followed as true; every other one is decided as in a real run. */
export function rehearseCondition(
  step: Step,
  states: Readonly<Record<StepKey, StepState>>,
  values: ValueContext,
): ConditionVerdict {
  if (step.condition !== undefined && looksAtResults(step.condition)) return { type: 'go' };
  const verdict = judgeCondition(step, states, values, false);
  // A missing input may be all that is wrong with it.
  return verdict.type === 'fault' ? { type: 'go' } : verdict;
}

export interface RehearsalTask {
  readonly step: Step;
  readonly content: StepContent;
  readonly notes: readonly string[];
  readonly artifacts: ArtifactStore;
}

/** What a step of a rehearsal gives: no result, and what it would have been told as an artifact. */
export async function rehearseStep(task: RehearsalTask): Promise<StepProduct> {
  const { step } = task;
  const artifact = await task.artifacts.put(`rehearsal/${step.key}.md`, 'text/markdown', pageOf(task));
  const condition =
    step.condition !== undefined && looksAtResults(step.condition) ? bothWays(step.condition) : '';
  const what = step.run === undefined ? 'would be asked' : 'would be run';
  return {
    output: null,
    summary: `Rehearsed: nothing was done; the artifact shows what ${what}.${condition}`,
    artifacts: [artifact],
    usage: { durationMs: 0 },
  };
}

function bothWays(condition: string): string {
  return ` Its condition "${condition}" depends on results: true would run it (followed here), false would leave it out.`;
}

function pageOf({ step, content, notes }: RehearsalTask): string {
  const parts = [
    `# REHEARSAL: ${step.title}`,
    'Nothing was done. This is what the step would have been given.',
  ];
  if (step.agent !== undefined || step.action !== undefined)
    parts.push(
      `Agent: ${step.agent ?? 'chosen by action'}${step.action === undefined ? '' : `, action: ${step.action}`}`,
    );
  if (step.condition !== undefined) parts.push(`## Condition\n\n${code(step.condition)}`);
  if (content.prompt !== undefined) parts.push(`## Prompt\n\n${content.prompt}`);
  if (content.command !== undefined)
    parts.push(
      `## Command\n\n${code(typeof content.command === 'string' ? content.command : JSON.stringify(content.command))}`,
    );
  if (Object.keys(content.with).length > 0)
    parts.push(`## Arguments\n\n${code(JSON.stringify(content.with, null, 2))}`);
  if (notes.length > 0) parts.push(`## Not known yet\n\n${notes.map((note) => `- ${note}`).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

function code(text: string): string {
  // Longer than any run of backticks inside, so that the text cannot end its own block.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
