import { Emitter } from '../../src/core/base/emitter';
import { systemClock } from '../../src/core/base/clock';
import type { Decision } from '../../src/core/model/approval';
import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import { foldAll, isTerminal, runStatus } from '../../src/core/model/run-state';
import type { CommandOutcome, LiveOutput, Runtime } from '../../src/core/runtime-port';
import type { Context } from '../../src/cli/context';
import { createStyle } from '../../src/cli/show/style';
import { eventsOf } from './events';

/** A run whose story a test tells: what is stored, what each decision leads to. */
export class FakeRun {
  readonly decisions: (Decision & { readonly by: string })[] = [];
  readonly calls: string[] = [];
  /** What a decision answers and what happens next. Default: nothing more happens. */
  onDecide: (decision: Decision) => readonly RunEventBody[] | CommandOutcome = () => [];
  onCancel: () => readonly RunEventBody[] = () => [{ type: 'run-cancelled', by: 'ada', reason: '' }];

  private readonly stored: RunEvent[] = [];
  private readonly emitter = new Emitter<RunEvent>((error) => {
    throw error;
  });
  private readonly live = new Emitter<LiveOutput>();
  private idle: (() => void)[] = [];

  constructor(...bodies: readonly RunEventBody[]) {
    this.add(bodies, { silent: true });
  }

  /** Stores and tells; `silent`: stores only, as if nobody had listened yet. */
  add(bodies: readonly RunEventBody[], { silent = false } = {}): void {
    const events = eventsOf(...this.stored, ...bodies).slice(this.stored.length);
    this.stored.push(...events);
    if (!silent) for (const event of events) this.emitter.fire(event);
    if (this.isIdle) for (const wake of this.idle.splice(0)) wake();
  }

  private get isIdle(): boolean {
    const state = foldAll(this.stored);
    return (
      state !== undefined &&
      (isTerminal(runStatus(state)) || ['waiting', 'paused', 'parked'].includes(runStatus(state)))
    );
  }

  get runtime(): Runtime {
    const run: Partial<Runtime> = {
      onEvent: this.emitter.event,
      onLive: this.live.event,
      events: async (_runId, after = 0) => this.stored.filter(({ seq }) => seq > after),
      progress: async () => undefined,
      decide: async (_runId, _id, decision, by) => {
        this.decisions.push({ ...decision, by: `${by.name}/${by.channel}` });
        const next = this.onDecide(decision);
        if ('ok' in next) return next;
        this.add(next);
        return { ok: true };
      },
      cancel: async () => {
        this.calls.push('cancel');
        this.add(this.onCancel());
        return { ok: true };
      },
      close: async () => {
        this.calls.push('close');
      },
      whenIdle: async () => {
        if (!this.isIdle) await new Promise<void>((resolve) => this.idle.push(resolve));
        const state = foldAll(this.stored);
        if (state === undefined) throw new Error('No run');
        return state;
      },
    };
    return run as Runtime;
  }
}

/** A terminal whose person types the given answers, and whose screens are kept as lines. */
export function fakeContext(answers: readonly string[] = [], more: Partial<Context> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const left = [...answers];
  const interrupt = new Emitter<string>();
  const terminate = new Emitter<string>();
  const files = new Map<string, string>();
  const context: Context = {
    host: {
      clock: systemClock,
      env: () => undefined,
      files: {
        read: async (path: string) => {
          const text = files.get(path);
          return text === undefined ? undefined : new TextEncoder().encode(text);
        },
        join: (...parts: string[]) => parts.join('/'),
      },
    } as unknown as Context['host'],
    terminal: {
      isScreen: false,
      canAsk: true,
      width: () => 80,
      height: () => 24,
      style: createStyle(false),
      errorStyle: createStyle(false),
      print: (text) => void out.push(text),
      draw: (text) => void out.push(text),
      tell: (text) => void err.push(text),
      ask: (question, signal) => {
        err.push(question);
        const answer = left.shift();
        if (answer !== 'wait') return Promise.resolve(answer);
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
      },
      edit: async (text) => text.replace('3', '4'),
      editor: 'vi',
      share: () => ({ dispose() {} }),
      close: () => {},
    },
    workspace: '/w',
    cwd: '/w',
    json: false,
    baton: (words) => `baton ${words}`,
    user: 'ada',
    open: () => Promise.reject(new Error('not here')),
    onInterrupt: interrupt.event,
    onTerminate: terminate.event,
    ...more,
  };
  return { context, out, err, files, interrupt, terminate };
}
