import type { JsonValue } from '../../base/json';
import type { CollaborationBody, ParticipantName } from '../../model/message';
import type { View } from './shared-log';

export interface ContextEntry {
  readonly key: string;
  readonly value: JsonValue;
  /** From 1. */
  readonly version: number;
  readonly by: ParticipantName;
}

/** What the agents of a run share, and who holds which key: a fold over what was recorded. */
export class ContextState implements View {
  readonly entries = new Map<string, ContextEntry>();
  readonly locks = new Map<string, ParticipantName>();

  fold(body: CollaborationBody): void {
    switch (body.type) {
      case 'context-changed': {
        const { key, value, version, by } = body;
        this.entries.set(key, { key, value, version, by });
        break;
      }
      case 'context-locked':
        this.locks.set(body.key, body.by);
        break;
      case 'context-unlocked':
        if (this.locks.get(body.key) === body.by) this.locks.delete(body.key);
        break;
      case 'agent-left':
        // A lock dies with its holder, also when it was the whole process that died.
        for (const [key, holder] of [...this.locks]) if (holder === body.participant) this.locks.delete(key);
        break;
      case 'agent-joined':
      case 'topic-subscribed':
      case 'topic-unsubscribed':
      case 'message-sent':
      case 'message-read':
      case 'message-quarantined':
      case 'request-expired':
        break;
      default:
        body satisfies never;
    }
  }
}

/** Earlier values of each key, the last hundred of them. */
export class ContextHistory implements View {
  private readonly versions = new Map<string, ContextEntry[]>();

  fold(body: CollaborationBody): void {
    if (body.type !== 'context-changed') return;
    const { key, value, version, by } = body;
    const known = this.versions.get(key);
    if (known === undefined) this.versions.set(key, [{ key, value, version, by }]);
    else if (known.push({ key, value, version, by }) > 100) known.shift();
  }

  /** The oldest first. */
  of(key: string): readonly ContextEntry[] {
    return [...(this.versions.get(key) ?? [])];
  }
}
