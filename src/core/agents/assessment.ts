/*
 * owns: prose of a model over what the local engine computed.
 * must stay true: the computed findings stand as they are; a model that fails costs the prose, never the step.
 */
import { CancelledError } from '../base/abort';
import { isJsonObject, type JsonValue } from '../base/json';
import { schemaFaults } from '../base/schema-faults';
import { BatonError, messageOf } from '../model/errors';
import type { ModelRef } from '../model/model-call';
import type { AgentResult, AgentTask } from './agent';
import type { ChatAgents } from './chat/chat-agent';
import { clipped, fenced, type Sha256Of } from './chat/fenced-data';
import type { LocalWork } from './local-work';
import { systemOf } from './chat/system-prompt';
import { firstSentence } from './chat/summary';

/** Characters of the report that the model reads. */
const REPORT_LIMIT = 40_000;
const ASSESSMENT_TOKENS = 1_500;

/** The local result with an assessment on top, or as it is, saying why there is none. */
export async function assessed(
  chat: ChatAgents,
  task: AgentTask,
  work: LocalWork,
  sha256: Sha256Of,
): Promise<AgentResult> {
  const put = (markdown: string) => task.putArtifact(work.path, 'text/markdown', markdown);
  let said: { readonly text: string; readonly model: ModelRef };
  try {
    said = await chat.write(bounded(task), {
      system: systemOf(task.assignment.agent),
      text: question(task, work, sha256),
    });
  } catch (error) {
    if (task.signal.aborted || error instanceof CancelledError || isOverBudget(error)) throw error;
    const why = messageOf(error);
    task.log.warn(`${task.step.key}: no assessment: ${why}`);
    task.onVoid(why);
    return {
      output: work.output,
      summary: `${work.summary} (no assessment: ${firstSentence(why)})`,
      artifacts: [await put(work.markdown)],
    };
  }
  const assessedBy = `${said.model.provider}/${said.model.model}`;
  const artifact = await put(onTop(work.markdown, said.text, assessedBy));
  return {
    output: withAssessment(task, work.output, said.text, assessedBy),
    summary: work.summary,
    artifacts: [artifact],
  };
}

function question(task: AgentTask, work: LocalWork, sha256: Sha256Of): string {
  const wish = task.prompt?.trim() ?? '';
  return [
    `The rules of "${task.step.action ?? task.step.title}" have been run over the project. Their report follows as data.`,
    'Write a short assessment for the people who own the project: what matters most and why, what to do first, in which order. ' +
      'At most 300 words of plain Markdown without a heading. Name only what the report names: no finding, file or number of your own.',
    ...(wish === '' ? [] : [`What the author of the workflow asks besides:\n${wish}`]),
    ...(task.comment === undefined
      ? []
      : [`A person looked at an earlier result and asks:\n${task.comment}`]),
    fenced('report', clipped(work.markdown, REPORT_LIMIT), sha256),
  ].join('\n\n');
}

/** A few words, whatever the step allows for a whole answer. */
function bounded(task: AgentTask): AgentTask {
  const { step } = task;
  const maxTokens = Math.min(step.maxTokens ?? ASSESSMENT_TOKENS, ASSESSMENT_TOKENS);
  return { ...task, step: { ...step, maxTokens } };
}

/** Left as it is where the step's schema has no place for it: the artifact holds the prose anyway. */
function withAssessment(
  task: AgentTask,
  output: JsonValue,
  assessment: string,
  assessedBy: string,
): JsonValue {
  if (!isJsonObject(output)) return output;
  const more = { ...output, assessment, assessedBy };
  const schema = task.step.output?.schema;
  return schema !== undefined && schemaFaults(schema, more).length > schemaFaults(schema, output).length
    ? output
    : more;
}

function onTop(markdown: string, assessment: string, assessedBy: string): string {
  const [title = '', ...rest] = markdown.split('\n');
  const prose = `## Assessment\n\n${assessment.trim()}\n\n*Written by ${assessedBy} over the findings below, which rules computed.*\n`;
  return title.startsWith('# ') ? [title, '', prose, ...rest].join('\n') : `${prose}\n${markdown}`;
}

const isOverBudget = (error: unknown): boolean => error instanceof BatonError && error.code === 'over-budget';
