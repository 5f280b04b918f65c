import type { JsonObject, JsonValue } from '../../base/json';
import { schemaFaults } from '../../base/schema-faults';
import { withoutFence } from '../../base/without-fence';
import { BatonError } from '../../model/errors';
import type { AgentTask } from '../agent';
import type { Conversation, Said } from './conversation';

/** Further answers after one that does not fit. */
const MENDS = 2;

/** Asks for one JSON document that fits the schema; one that does not is mended by the model, with the faults named. */
export async function structuredAnswer(
  conversation: Conversation,
  task: Pick<AgentTask, 'onVoid'>,
  schema: JsonObject,
  text: string,
): Promise<Said & { readonly value: JsonValue }> {
  let said = await conversation.say(text);
  for (let mends = 0; ; mends++) {
    const read = readDocument(said.text);
    const faults = 'fault' in read ? [read.fault] : schemaFaults(schema, read.value);
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
