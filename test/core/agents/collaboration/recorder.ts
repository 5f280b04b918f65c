import { Collaboration, type Participant } from '../../../../src/core/agents/collaboration/collaboration';
import type { MessageLimits } from '../../../../src/core/agents/collaboration/message-limits';
import type { Recorder } from '../../../../src/core/agents/collaboration/shared-log';
import type { CollaborationBody, MessageType } from '../../../../src/core/model/message';
import { SimulatedClock } from '../../engine/simulated-clock';

/** A log in memory whose syncs happen when the test says so; at once unless it `holds`. */
export class MemoryRecorder implements Recorder {
  /** On the disk. */
  readonly durable: CollaborationBody[] = [];
  /** Appended and not synced. */
  private readonly waiting: {
    readonly bodies: readonly CollaborationBody[];
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  holds = false;

  append(bodies: readonly CollaborationBody[]): { readonly durable: Promise<void> } {
    return {
      durable: new Promise((resolve, reject) => {
        this.waiting.push({ bodies: bodies.map((body) => structuredClone(body)), resolve, reject });
        if (!this.holds) this.sync();
      }),
    };
  }

  get unsynced(): number {
    return this.waiting.length;
  }

  /** At most so many of the batches that wait. */
  sync(batches = Number.POSITIVE_INFINITY): void {
    for (const { bodies, resolve } of this.waiting.splice(0, batches)) {
      this.durable.push(...bodies);
      resolve();
    }
  }

  fail(): void {
    for (const { reject } of this.waiting.splice(0)) reject(new Error('The disk is gone.'));
  }

  count(type: CollaborationBody['type']): number {
    return this.durable.filter((body) => body.type === type).length;
  }
}

export interface Group {
  readonly collaboration: Collaboration;
  readonly recorder: MemoryRecorder;
  readonly clock: SimulatedClock;
  /** By name. */
  readonly agents: Readonly<Record<string, Participant>>;
}

/** A group whose agents have joined. `from`: what an earlier process left on the disk. */
export async function group(
  names: readonly string[],
  options: {
    readonly limits?: Partial<MessageLimits>;
    readonly from?: readonly unknown[];
    readonly clock?: SimulatedClock;
  } = {},
): Promise<Group> {
  const recorder = new MemoryRecorder();
  const clock = options.clock ?? new SimulatedClock();
  const { limits, from = [] } = options;
  recorder.durable.push(...(structuredClone(from) as CollaborationBody[]));
  const collaboration = await Collaboration.open({ recorder, clock, ...(limits && { limits }) }, from);
  const agents: Record<string, Participant> = {};
  for (const name of names) agents[name] = await collaboration.join(name, `step-${name}`, 1);
  return { collaboration, recorder, clock, agents };
}

export function agentOf({ agents }: Group, name: string): Participant {
  const agent = agents[name];
  if (agent === undefined) throw new Error(`No agent ${name} in this test.`);
  return agent;
}

export const note = (text: string) => ({ type: 'notification', body: { text } }) as const;

/** What was read, in the order it was: `text` of notifications, the type of everything else. */
export const texts = (
  messages: readonly { readonly type: MessageType; readonly body: unknown }[],
): readonly string[] =>
  messages.map(({ type, body }) => (type === 'notification' ? (body as { text: string }).text : type));

/** Lets everything that waits for nothing but promises go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
