/*
 * owns: what a log says of the work together, read back after a crash.
 * must stay true: a record that is not what it should be is told and left out; it never stops the ones around it.
 */
import { isJsonObject, type JsonObject } from '../../base/json';
import { schemaFaults } from '../../base/schema-faults';
import {
  messageSchemas,
  messageTypes,
  priorities,
  type CollaborationBody,
  type CollaborationType,
} from '../../model/message';
import type { Quarantined } from './message-history';

export interface RecordedBodies {
  readonly bodies: readonly CollaborationBody[];
  readonly quarantined: readonly Quarantined[];
}

/** `records`: bodies as they stand in a log, in order; other types are passed over. */
export function readBodies(records: readonly unknown[]): RecordedBodies {
  const bodies: CollaborationBody[] = [];
  const quarantined: Quarantined[] = [];
  for (const record of records) {
    if (!isJsonObject(record) || typeof record['type'] !== 'string') continue;
    if (!Object.hasOwn(schemas, record['type'])) continue;
    const faults = faultsOf(record['type'] as CollaborationType, record);
    // Checked just above against the schema of its type.
    if (faults.length === 0) bodies.push(record as unknown as CollaborationBody);
    else
      quarantined.push({ ...idOf(record), reason: `The record of ${record['type']}: ${faults.join('; ')}` });
  }
  return { bodies, quarantined };
}

const text: JsonObject = { type: 'string' };
const count: JsonObject = { type: 'integer', minimum: 1 };
const texts: JsonObject = { type: 'array', items: text };
const shape = (properties: Readonly<Record<string, JsonObject>>): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

const schemas: Readonly<Record<CollaborationType, JsonObject>> = {
  'agent-joined': shape({ participant: text, step: text, attempt: count }),
  'agent-left': shape({ participant: text, reason: { enum: ['ended', 'interrupted'] } }),
  'topic-subscribed': shape({ participant: text, topic: text }),
  'topic-unsubscribed': shape({ participant: text, topic: text }),
  'message-sent': shape({
    message: shape({
      id: count,
      from: text,
      to: texts,
      missed: texts,
      way: shape({ type: { enum: ['direct', 'broadcast', 'topic'] } }),
      priority: { enum: priorities },
      type: { enum: messageTypes },
      body: { type: 'object' },
    }),
  }),
  'message-read': shape({ participant: text, messages: { type: 'array', items: count } }),
  'message-quarantined': shape({ participant: text, message: count, reason: text }),
  'request-expired': shape({ message: count }),
  'context-changed': shape({ key: text, version: count, value: {}, by: text }),
  'context-locked': shape({ key: text, by: text }),
  'context-unlocked': shape({ key: text, by: text }),
};

function faultsOf(type: CollaborationType, record: JsonObject): string[] {
  const faults = schemaFaults(schemas[type], record);
  const message = record['message'];
  if (type !== 'message-sent' || faults.length > 0 || !isJsonObject(message)) return faults;
  const said = message['type'] as (typeof messageTypes)[number];
  const needed = said === 'request' ? 'answerBy' : said === 'response' ? 'answers' : undefined;
  if (needed !== undefined && typeof message[needed] !== 'number') faults.push(`${needed} is missing`);
  return [...faults, ...schemaFaults(messageSchemas[said], message['body'] as JsonObject)];
}

function idOf(record: JsonObject): { readonly message?: number } {
  const message = record['message'];
  const id = isJsonObject(message) ? message['id'] : message;
  return typeof id === 'number' ? { message: id } : {};
}
