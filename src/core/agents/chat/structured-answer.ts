import type { JsonObject, JsonValue } from '../../base/json';
import { withoutFence } from '../../base/without-fence';
import { BatonError } from '../../model/errors';
import type { AgentTask } from '../agent';
import { answerFaults, type AnswerCheck } from '../profile/answer-faults';
import type { Conversation, Said } from './conversation';

/** Further answers after one that does not fit. */
const MENDS = 2;

/** The form of an answer: one JSON document. */
export interface AnswerForm {
  readonly schema: JsonObject;
  /** What must hold between its parts. */
  readonly checks: readonly AnswerCheck[];
  /**
   * step: the file asks for it, and nothing else is an answer. agent: it is the agent's own way to answer; where the task wants words
   * instead, words are an answer.
   */
  readonly by: 'step' | 'agent';
}

export type Answered = Said & { readonly value?: JsonValue };

/**
 * Asks for one JSON document of the form; one that does not fit is mended by the model, with the faults named. Without `value` it
 * answered in words, and might.
 */
export async function structuredAnswer(
  conversation: Conversation,
  task: Pick<AgentTask, 'onVoid'>,
  form: AnswerForm,
  text: string,
): Promise<Answered> {
  let said = await conversation.say(text);
  for (let mends = 0; ; mends++) {
    if (mends === 0 && form.by === 'agent' && isProse(said.text)) return said;
    const read = readDocument(said.text);
    const faults =
      'fault' in read ? [read.fault] : answerFaults({ output: form.schema, checks: form.checks }, read.value);
    if ('value' in read && faults.length === 0) return { ...said, value: read.value };
    const list = faults.join('; ');
    if (mends === MENDS)
      throw new BatonError(
        'output-schema',
        `The answer of ${said.model.provider}/${said.model.model} does not fit, also after ${MENDS} corrections: ${list}.`,
      );
    task.onVoid(`The answer did not fit (${list}) and is asked for again.`);
    said = await conversation.say(
      `That does not fit: ${list}. Answer again with the whole corrected JSON document and nothing else.`,
    );
  }
}

/** Words, with no document among them that would have to fit. */
function isProse(text: string): boolean {
  return !/^\s*[[{]/.test(withoutFence(text)) && !/```json\b/i.test(text);
}

/** Servers that know no structured output wrap JSON into a fence; anything else around it is a fault. */
function readDocument(text: string): { readonly value: JsonValue } | { readonly fault: string } {
  try {
    return { value: JSON.parse(withoutFence(text)) as JsonValue };
  } catch (error) {
    return {
      fault: `the answer is not JSON (${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'})`,
    };
  }
}
