import type { JsonValue } from '../base/json';
import type { StepKey } from './ids';
import type { CollaborationBody, Message, ParticipantName } from './message';

/** Who takes part in a run, and the last things that were said: what people see of agents that work together. */
export interface Talk {
  readonly participants: Readonly<Record<ParticipantName, TalkParticipant>>;
  /** The last ones, at most `MOST_SHOWN`, in the order of sending. */
  readonly messages: readonly Message[];
  /** All that were ever sent. */
  readonly sent: number;
  /** What agents share, by key. */
  readonly shared: Readonly<Record<string, SharedValue>>;
}

export interface TalkParticipant {
  readonly step: StepKey;
  readonly attempt: number;
  readonly isHere: boolean;
}

export interface SharedValue {
  readonly version: number;
  readonly by: ParticipantName;
  readonly value: JsonValue;
  readonly lockedBy?: ParticipantName;
}

export const MOST_SHOWN = 200;

export interface OwnTalk extends Talk {
  participants: Record<ParticipantName, TalkParticipant>;
  messages: Message[];
  sent: number;
  shared: Record<string, SharedValue>;
}

export const noTalk: Talk = { participants: {}, messages: [], sent: 0, shared: {} };

/** A copy that its holder may change in place. */
export function ownTalk({ participants, messages, sent, shared }: Talk): OwnTalk {
  return { participants: { ...participants }, messages: [...messages], sent, shared: { ...shared } };
}

/** In place: the cost of a message does not grow with their number. */
export function foldTalk(talk: OwnTalk, body: CollaborationBody): void {
  switch (body.type) {
    case 'agent-joined': {
      const { participant, step, attempt } = body;
      talk.participants[participant] = { step, attempt, isHere: true };
      return;
    }
    case 'agent-left': {
      const known = talk.participants[body.participant];
      if (known !== undefined) talk.participants[body.participant] = { ...known, isHere: false };
      for (const [key, { lockedBy }] of Object.entries(talk.shared))
        if (lockedBy === body.participant) unlock(talk, key);
      return;
    }
    case 'message-sent':
      talk.messages.push(body.message);
      talk.sent += 1;
      // Twice as many may stand there for a moment, so that not every message moves all others.
      if (talk.messages.length > 2 * MOST_SHOWN) talk.messages = talk.messages.slice(-MOST_SHOWN);
      return;
    case 'context-changed': {
      const { key, version, value, by } = body;
      const lockedBy = talk.shared[key]?.lockedBy;
      talk.shared[key] = { version, value, by, ...(lockedBy !== undefined && { lockedBy }) };
      return;
    }
    case 'context-locked': {
      const known = talk.shared[body.key] ?? { version: 0, by: body.by, value: null };
      talk.shared[body.key] = { ...known, lockedBy: body.by };
      return;
    }
    case 'context-unlocked':
      unlock(talk, body.key);
      return;
    case 'topic-subscribed':
    case 'topic-unsubscribed':
    case 'message-read':
    case 'message-quarantined':
    case 'request-expired':
      return;
    default:
      body satisfies never;
  }
}

function unlock(talk: OwnTalk, key: string): void {
  const known = talk.shared[key];
  if (known === undefined) return;
  const { version, by, value } = known;
  talk.shared[key] = { version, by, value };
}
