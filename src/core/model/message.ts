import type { JsonObject, JsonValue } from '../base/json';
import type { ArtifactRef } from './artifact';
import type { StepKey } from './ids';

/** An agent at work in a run, by a name that only it has there: given by the runtime, never by a text. */
export type ParticipantName = string;
/** Counts from 1 in each run, in the order of sending. */
export type MessageId = number;

export const messageTypes = [
  'context_share',
  'result_handoff',
  'request',
  'response',
  'notification',
  'error',
  'state_update',
] as const;
export type MessageType = (typeof messageTypes)[number];

/** From the last to the first to be delivered. */
export const priorities = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof priorities)[number];

/** What is said, by type. All of it is data from another agent: it grants nothing, whatever it says. */
export type Said =
  | {
      readonly type: 'context_share';
      readonly body: { readonly key: string; readonly version: number; readonly note?: string };
    }
  | {
      readonly type: 'result_handoff';
      readonly body: {
        readonly summary: string;
        readonly output: JsonValue;
        readonly artifacts: readonly ArtifactRef[];
      };
    }
  | {
      readonly type: 'request';
      readonly body: { readonly task: string; readonly data?: JsonValue };
      /** Wall clock, milliseconds: later than this no answer counts. */
      readonly answerBy: number;
    }
  | {
      readonly type: 'response';
      readonly body: { readonly output: JsonValue; readonly summary?: string };
      /** The request it answers. */
      readonly answers: MessageId;
    }
  | { readonly type: 'notification'; readonly body: { readonly text: string; readonly data?: JsonValue } }
  | {
      readonly type: 'error';
      readonly body: { readonly code: string; readonly message: string };
      /** The request that came to nothing. Absent: an error of its own accord. */
      readonly answers?: MessageId;
    }
  | {
      readonly type: 'state_update';
      readonly body: { readonly state: string; readonly detail?: JsonValue };
    };

export type Message = MessageBase & Said;

export interface MessageBase {
  readonly id: MessageId;
  readonly from: ParticipantName;
  readonly way:
    | { readonly type: 'direct' }
    | { readonly type: 'broadcast' }
    | { readonly type: 'topic'; readonly topic: string };
  /** Who gets it: settled when it was sent. */
  readonly to: readonly ParticipantName[];
  /** Who would have got it, had there been room among what they have not read yet. */
  readonly missed: readonly ParticipantName[];
  readonly priority: Priority;
  /** What its sender knows it by: said twice under one mark, after a crash, it is said once. */
  readonly mark?: string;
}

/** What is recorded of agents that work together. Mailboxes and the shared context are folds over these. */
export type CollaborationBody =
  | {
      readonly type: 'agent-joined';
      readonly participant: ParticipantName;
      readonly step: StepKey;
      readonly attempt: number;
    }
  /** Frees its locks. ended: its work is over; interrupted: its process died, and it may come back. */
  | {
      readonly type: 'agent-left';
      readonly participant: ParticipantName;
      readonly reason: 'ended' | 'interrupted';
    }
  | { readonly type: 'topic-subscribed'; readonly participant: ParticipantName; readonly topic: string }
  | { readonly type: 'topic-unsubscribed'; readonly participant: ParticipantName; readonly topic: string }
  | { readonly type: 'message-sent'; readonly message: Message }
  /** Handed over: these are never delivered to it again. */
  | {
      readonly type: 'message-read';
      readonly participant: ParticipantName;
      readonly messages: readonly MessageId[];
      /** What its reader knows this reading by. */
      readonly mark?: string;
    }
  /** Its reader failed over it. It is kept for people and never delivered again. */
  | {
      readonly type: 'message-quarantined';
      readonly participant: ParticipantName;
      readonly message: MessageId;
      readonly reason: string;
    }
  /** Nobody waits for an answer any more. */
  | { readonly type: 'request-expired'; readonly message: MessageId }
  | {
      readonly type: 'context-changed';
      readonly key: string;
      /** From 1, one more with each change of the key. */
      readonly version: number;
      readonly value: JsonValue;
      readonly by: ParticipantName;
    }
  | { readonly type: 'context-locked'; readonly key: string; readonly by: ParticipantName }
  | { readonly type: 'context-unlocked'; readonly key: string; readonly by: ParticipantName };

export type CollaborationType = CollaborationBody['type'];

const collaborationTypes: Readonly<Record<CollaborationType, true>> = {
  'agent-joined': true,
  'agent-left': true,
  'topic-subscribed': true,
  'topic-unsubscribed': true,
  'message-sent': true,
  'message-read': true,
  'message-quarantined': true,
  'request-expired': true,
  'context-changed': true,
  'context-locked': true,
  'context-unlocked': true,
};

/** Tells what agents do together from everything else that is recorded of a run. */
export function isCollaboration<Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, CollaborationBody> {
  return Object.hasOwn(collaborationTypes, event.type);
}

const anything: JsonObject = {};
const text: JsonObject = { type: 'string' };
const shape = (
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[],
): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** JSON Schema of what each type says. Closed, so that a message has no field that someone might take for a right. */
export const messageSchemas: Readonly<Record<MessageType, JsonObject>> = {
  context_share: shape({ key: text, version: { type: 'integer', minimum: 1 }, note: text }, [
    'key',
    'version',
  ]),
  result_handoff: shape({ summary: text, output: anything, artifacts: { type: 'array' } }, [
    'summary',
    'output',
    'artifacts',
  ]),
  request: shape({ task: text, data: anything }, ['task']),
  response: shape({ output: anything, summary: text }, ['output']),
  notification: shape({ text, data: anything }, ['text']),
  error: shape({ code: text, message: text }, ['code', 'message']),
  state_update: shape({ state: text, detail: anything }, ['state']),
};
