import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import type { Participant } from '../../../../src/core/agents/collaboration/collaboration';
import { Collaboration } from '../../../../src/core/agents/collaboration/collaboration';
import type { Locked } from '../../../../src/core/agents/collaboration/shared-context';
import {
  priorities,
  type CollaborationBody,
  type Message,
  type Priority,
} from '../../../../src/core/model/message';
import { SimulatedClock } from '../../engine/simulated-clock';
import { MemoryRecorder, note, settle } from './recorder';

const SEED = Number(process.env['SEED'] ?? 20_261);
const RUNS = Number(process.env['RUNS'] ?? 300);
const NAMES = ['ada', 'bob', 'cyd'] as const;
const KEYS = ['plan', 'notes'] as const;

type Move =
  | { readonly do: 'send'; readonly by: number; readonly to: number; readonly priority: Priority }
  | { readonly do: 'broadcast' | 'publish' | 'subscribe' | 'receive' | 'leave'; readonly by: number }
  | { readonly do: 'change' | 'lock' | 'release'; readonly by: number; readonly key: number }
  | { readonly do: 'sync' | 'settle' | 'crash' };

const by = fc.nat(NAMES.length - 1);
const key = fc.nat(KEYS.length - 1);
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      by,
      to: by,
      priority: fc.constantFrom(...priorities),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'broadcast' as const,
        'publish' as const,
        'subscribe' as const,
        'receive' as const,
        'receive' as const,
        'leave' as const,
      ),
      by,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('change' as const, 'lock' as const, 'lock' as const, 'release' as const),
      by,
      key,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('sync' as const, 'settle' as const, 'sync' as const, 'crash' as const),
    }),
  },
);

/** One life after another over what is on the disk, with everything that was handed to somebody written down. */
class Story {
  readonly seen: Record<string, number> = {};
  /** Handed over, by reader, in the order of handing over; its promise resolved. */
  readonly handed = new Map<string, Message[]>(NAMES.map((name) => [name, []]));
  readonly acknowledged: { readonly id: number; readonly to: readonly string[] }[] = [];
  readonly changes: {
    readonly key: string;
    readonly expected: number;
    readonly value: number;
    readonly version: number;
  }[] = [];
  private recorder = new MemoryRecorder();
  private collaboration!: Collaboration;
  private agents = new Map<string, Participant>();
  private locks: { readonly by: string; readonly key: string; readonly locked: Locked }[] = [];
  private said = 0;
  private life = 0;

  get durable(): readonly CollaborationBody[] {
    return this.recorder.durable;
  }

  async begin(): Promise<void> {
    // First of all: what the life before still hears of is not of this one.
    this.life += 1;
    const from = this.recorder.durable;
    this.recorder = new MemoryRecorder();
    this.recorder.durable.push(...from);
    this.locks = [];
    this.collaboration = await Collaboration.open(
      {
        recorder: this.recorder,
        clock: new SimulatedClock(),
        limits: { perSecond: 1_000_000, perRun: 1_000_000 },
      },
      [...from],
    );
    for (const name of NAMES) this.agents.set(name, await this.collaboration.join(name, name, 1));
    this.recorder.holds = true;
  }

  async end(): Promise<void> {
    this.recorder.holds = false;
    this.recorder.sync();
    await settle();
    for (const { locked } of this.locks) if (locked.locked) await locked.release();
    await settle();
    for (const name of NAMES) this.take(name);
    await settle();
    this.collaboration.dispose();
  }

  async make(step: Move): Promise<void> {
    this.seen[step.do] = (this.seen[step.do] ?? 0) + 1;
    if (!('by' in step)) {
      if (step.do === 'sync') return this.recorder.sync(1);
      // After a crash what waited for the disk is gone, and nobody of that life hears of anything any more.
      return step.do === 'settle' ? settle() : this.begin();
    }
    const name = NAMES[step.by] ?? 'ada';
    const agent = this.agents.get(name);
    if (agent === undefined) return;
    const { postbox, context } = agent;
    switch (step.do) {
      case 'send':
        return this.note(postbox.send(NAMES[step.to] ?? 'ada', note(String(++this.said)), step.priority));
      case 'broadcast':
        return this.note(postbox.broadcast(note(String(++this.said))));
      case 'publish':
        return this.note(postbox.publish('news', note(String(++this.said))));
      case 'subscribe':
        void postbox.subscribe('news');
        return;
      case 'receive':
        return this.take(name);
      case 'leave': {
        const left = agent.leave();
        // The next attempt, under the same name.
        this.agents.delete(name);
        const { collaboration, life } = this;
        void left.then(async () => {
          if (life !== this.life) return;
          const again = await collaboration.join(name, name, 2);
          if (life === this.life) this.agents.set(name, again);
        });
        return;
      }
      case 'change': {
        const name = KEYS[step.key] ?? 'plan';
        const expected = context.read(name)?.version ?? 0;
        const value = ++this.said;
        void context.change(name, value, expected).then((changed) => {
          if (changed.changed) this.changes.push({ key: name, expected, value, version: changed.version });
        });
        return;
      }
      case 'lock': {
        const key = KEYS[step.key] ?? 'plan';
        const { life } = this;
        void context.lock(key, { waitMs: 1_000, signal: neverAborted }).then((locked) => {
          if (life === this.life && locked.locked) this.locks.push({ by: name, key, locked });
        });
        return;
      }
      case 'release': {
        const held = this.locks.find((lock) => lock.by === name && lock.key === KEYS[step.key]);
        if (held?.locked.locked !== true) return;
        this.locks.splice(this.locks.indexOf(held), 1);
        void held.locked.release();
        return;
      }
      default:
        step satisfies never;
    }
  }

  private note(sending: ReturnType<Participant['postbox']['send']>): void {
    void sending.then((sent) => {
      if (sent.sent) this.acknowledged.push({ id: sent.id, to: sent.to });
    });
  }

  private take(name: string): void {
    const reading = this.agents.get(name)?.postbox.receive(3);
    void reading?.then((messages) => this.handed.get(name)?.push(...messages));
  }
}

const sentIn = (bodies: readonly CollaborationBody[]) =>
  bodies.flatMap((body) => (body.type === 'message-sent' ? [body.message] : []));

/** Who had a lock when, by the log alone. Fails where two have one. */
function checkLocks(bodies: readonly CollaborationBody[]): number {
  const holders = new Map<string, string>();
  const present = new Set<string>();
  let taken = 0;
  for (const body of bodies) {
    if (body.type === 'agent-joined') present.add(body.participant);
    if (body.type === 'agent-left') {
      present.delete(body.participant);
      for (const [key, holder] of [...holders]) if (holder === body.participant) holders.delete(key);
    }
    if (body.type === 'context-locked') {
      expect(holders.get(body.key)).toBeUndefined();
      expect(present).toContain(body.by);
      holders.set(body.key, body.by);
      taken += 1;
    }
    if (body.type === 'context-unlocked') {
      expect(holders.get(body.key)).toBe(body.by);
      holders.delete(body.key);
    }
    if (body.type === 'context-changed') expect([undefined, body.by]).toContain(holders.get(body.key));
  }
  return taken;
}

describe(`agents that work together, whatever happens (seed ${SEED})`, () => {
  it("loses no message, gives none twice, keeps each sender's order, orders all changes, and never gives a lock to two", async () => {
    const total: Record<string, number> = { handed: 0, changed: 0, locked: 0, acknowledged: 0 };
    const count = (what: string, by: number) => (total[what] = (total[what] ?? 0) + by);
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 60 }), async (moves) => {
        const story = new Story();
        await story.begin();
        for (const step of moves) await story.make(step);
        await story.end();
        const { durable } = story;
        const sent = sentIn(durable);

        // What was acknowledged is on the disk, under a number of its own, in the order of the log.
        const byId = new Map(sent.map((message) => [message.id, message]));
        expect(byId.size).toBe(sent.length);
        expect(sent.map(({ id }) => id)).toEqual([...byId.keys()].sort((a, b) => a - b));
        for (const { id, to } of story.acknowledged) expect(byId.get(id)?.to).toEqual(to);

        for (const name of NAMES) {
          const read = durable.flatMap((body) =>
            body.type === 'message-read' && body.participant === name ? body.messages : [],
          );
          const addressed = sent.filter(({ to }) => to.includes(name)).map(({ id }) => id);
          // Nothing twice; nothing that was not sent to it.
          expect(new Set(read).size).toBe(read.length);
          for (const id of read) expect(addressed).toContain(id);
          const handed = (story.handed.get(name) ?? []).map(({ id }) => id);
          expect(new Set(handed).size).toBe(handed.length);
          for (const id of handed) expect(read).toContain(id);
          // Nothing lost: what was not read is still there for the next life.
          const next = await Collaboration.open(
            { recorder: new MemoryRecorder(), clock: new SimulatedClock() },
            [...durable],
          );
          const rest = await (await next.join(name, name, 9)).postbox.receive(10_000);
          expect([...read, ...rest.map(({ id }) => id)].sort((a, b) => a - b)).toEqual(addressed);
          // Of one sender and one priority: in the order of sending, over all readings.
          for (const from of NAMES)
            for (const priority of priorities) {
              const own = [...read, ...rest.map(({ id }) => id)].filter((id) => {
                const message = byId.get(id);
                return message?.from === from && message.priority === priority;
              });
              expect(own).toEqual([...own].sort((a, b) => a - b));
            }
          next.dispose();
          count('handed', handed.length);
        }

        // Changes of a key stand in one order, each made on the one before it; what was told is in it.
        for (const name of KEYS) {
          const log = durable.flatMap((body) =>
            body.type === 'context-changed' && body.key === name ? [body] : [],
          );
          expect(log.map(({ version }) => version)).toEqual(log.map((_, at) => at + 1));
          for (const told of story.changes.filter((change) => change.key === name)) {
            expect(told.version).toBe(told.expected + 1);
            expect(log[told.version - 1]?.value).toBe(told.value);
          }
        }
        count('changed', story.changes.length);
        count('locked', checkLocks(durable));
        count('acknowledged', story.acknowledged.length);
        for (const [what, times] of Object.entries(story.seen)) count(what, times);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    // A story in which nothing happens keeps every promise: all of it must have been seen.
    if (RUNS >= 300)
      for (const what of [
        'handed',
        'changed',
        'locked',
        'acknowledged',
        'crash',
        'leave',
        'release',
        'subscribe',
      ])
        expect(total[what], what).toBeGreaterThan(100);
  });

  it('counts to the number of all increments when many compare and set side by side', async () => {
    const clock = new SimulatedClock();
    const recorder = new MemoryRecorder();
    const together = await Collaboration.open({ recorder, clock, limits: { perSecond: 1_000_000 } });
    await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const { context } = await together.join(`agent-${at}`, 'count', 1);
        for (let left = 25; left > 0;) {
          const known = context.read('count');
          const value = Number(known?.value ?? 0) + 1;
          if ((await context.change('count', value, known?.version ?? 0)).changed) left -= 1;
        }
      }),
    );
    expect(together.context.entries()).toMatchObject([{ value: 200, version: 200 }]);
  });
});
