import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { Finding } from '../../model/finding';
import type { Message } from '../../model/message';
import { clipped, fenced, textOf, type Sha256Of } from '../chat/fenced-data';
import type { Handoff } from './ask';
import type { FindingsOf } from './aggregate';

/** A result as it stands in a prompt: between marks that it cannot write itself, named after who gave it; at most `limit` characters. */
export function fencedHandoff(handoff: Handoff, sha256: Sha256Of, limit = Infinity): string {
  const text = textOf(handoff.output);
  return fenced(`result of ${handoff.from}`, clipped(text === '' ? handoff.summary : text, limit), sha256);
}

/** A message as it stands in a prompt; at most `limit` characters of it. */
export function fencedMessage(message: Message, sha256: Sha256Of, limit = Infinity): string {
  const way = message.way.type === 'topic' ? `on topic ${message.way.topic}` : message.way.type;
  const name = `${message.type} ${message.id} from ${message.from}, ${way}, ${message.priority}`;
  return fenced(name, clipped(textOf(message.body as JsonObject), limit), sha256);
}

/** The findings in a result, where it has a list of them; what is no finding is left out. */
export function findingsIn({ from, output }: Pick<Handoff, 'from' | 'output'>): FindingsOf {
  const list = isJsonObject(output) ? output['findings'] : undefined;
  const findings = Array.isArray(list) ? (list as readonly JsonValue[]).flatMap(findingIn) : [];
  return { source: from, findings };
}

function findingIn(value: JsonValue): Finding[] {
  if (!isJsonObject(value)) return [];
  const { rule, severity, message, file, line, advice } = value;
  if (typeof rule !== 'string' || typeof message !== 'string' || !isSeverity(severity)) return [];
  return [
    {
      rule,
      severity,
      message,
      ...(typeof file === 'string' && { file }),
      ...(typeof line === 'number' && Number.isInteger(line) && line >= 1 && { line }),
      ...(typeof advice === 'string' && { advice }),
    },
  ];
}

const isSeverity = (value: unknown): value is Finding['severity'] =>
  value === 'high' || value === 'medium' || value === 'low' || value === 'info';
