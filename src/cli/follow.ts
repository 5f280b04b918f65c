import { CancelledError } from '../core/base/abort';
import { DisposableStore } from '../core/base/disposable';
import { ignoredWishes } from '../core/engine/gates/modes';
import type { Approval } from '../core/model/approval';
import type { ArtifactRef } from '../core/model/artifact';
import type { RunEvent } from '../core/model/events';
import type { RunId } from '../core/model/ids';
import { begin, foldInto, isTerminal, ownCopy, runStatus, type OwnRunState } from '../core/model/run-state';
import type { Runtime } from '../core/runtime-port';
import { mayDecide, whoDecides } from './approvers';
import type { Context } from './context';
import { EXIT, exitCodeOf, type ExitCode } from './exit-code';
import { askDecision } from './gate-prompt';
import { createLiveView } from './show/live-view';
import { createJsonView, createPlainView, type RunView } from './show/run-view';
import { closingLines } from './show/closing-lines';
import { visibleLine } from './show/visible';

const PROGRESS_MS = 500;

export interface FollowOptions {
  /** Events up to this one were shown before: by another process, another time. */
  readonly afterSeq: number;
  /** Ask at gates; else they stay open. */
  readonly ask: boolean;
}

/** Shows a run and asks at its gates until it ends, or cannot go on by itself. */
export async function followRun(
  context: Context,
  runtime: Runtime,
  runId: RunId,
  options: FollowOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const view = context.json
    ? createJsonView(terminal)
    : terminal.isScreen
      ? createLiveView(terminal, context.host.clock)
      : createPlainView(terminal);
  const store = new DisposableStore();
  store.add({ dispose: () => view.close() });
  store.add(terminal.share(view));
  try {
    const follower = new Follower(context, runtime, runId, options, view, store);
    const code = await follower.untilIdle();
    store.dispose();
    const isDrivenElsewhere = runtime.otherOwner !== undefined;
    for (const line of closingLines(follower.state, context, { isDrivenElsewhere })) terminal.tell(line);
    return code;
  } finally {
    store.dispose();
  }
}

class Follower {
  private current: OwnRunState | undefined;
  private ask: boolean;
  private catchingUp: Promise<void> = Promise.resolve();
  private wake = () => {};
  private terminated = false;
  private cancelling = false;
  private readonly toldOfOthers = new Set<string>();
  private prompt: { readonly id: string; readonly controller: AbortController } | undefined;

  constructor(
    private readonly context: Context,
    private readonly runtime: Runtime,
    private readonly runId: RunId,
    private readonly options: FollowOptions,
    private readonly view: RunView,
    store: DisposableStore,
  ) {
    this.ask = options.ask;
    store.add(runtime.onEvent((event) => event.runId === runId && this.take(event)));
    store.add(runtime.onLive((output) => output.runId === runId && view.live(output)));
    store.add(context.onInterrupt(() => void this.interrupt()));
    store.add(context.onTerminate((signal) => void this.terminate(signal)));
    if (context.terminal.isScreen && !context.json) this.pollProgress(store);
  }

  get state(): OwnRunState {
    if (this.current === undefined) throw new TypeError('The run has no event yet');
    return this.current;
  }

  async untilIdle(): Promise<ExitCode> {
    await this.catchUp();
    for (;;) {
      if (this.terminated) return EXIT.waiting;
      if (this.ask) this.tellGatesOfOthers();
      const gate = this.ask ? this.nextGate() : undefined;
      if (gate !== undefined) {
        await this.askAt(gate);
        continue;
      }
      const opened = new Promise<undefined>((resolve) => (this.wake = () => resolve(undefined)));
      const idle = await Promise.race([this.runtime.whenIdle(this.runId).catch(this.unlessEnding), opened]);
      if (this.terminated) return EXIT.waiting;
      await this.catchUp();
      if (idle === undefined) continue;
      const status = runStatus(this.state);
      if (!isTerminal(status) && this.ask && this.nextGate() !== undefined) continue;
      await this.showProgress();
      if (isTerminal(status)) return exitCodeOf(status);
      return this.cancelling ? EXIT.cancelled : exitCodeOf(runStatus(idle));
    }
  }

  /** A closed runtime knows no runs; when the process is on its way out that is no fault. */
  private readonly unlessEnding = (error: unknown): undefined => {
    if (!this.terminated) throw error;
    return undefined;
  };

  /** An open gate that this person may decide and that was not voided or decided meanwhile, oldest first. */
  private nextGate(): Approval | undefined {
    const { user } = this.context;
    return Object.values(this.state.openApprovals).find((gate) => mayDecide(gate, user));
  }

  /** Asking here for what somebody else decides would come to nothing, and keep this person from what is theirs. */
  private tellGatesOfOthers(): void {
    const { user, terminal } = this.context;
    for (const gate of Object.values(this.state.openApprovals)) {
      if (mayDecide(gate, user) || this.toldOfOthers.has(gate.id)) continue;
      this.toldOfOthers.add(gate.id);
      terminal.tell(
        `${terminal.errorStyle.tone('asking', '◐')} ${visibleLine(gate.title)} waits for ${whoDecides(gate, user)}, not for you (${visibleLine(user)}).`,
      );
    }
  }

  private take(event: RunEvent): void {
    const expected = this.current === undefined ? 1 : this.current.seq + 1;
    if (event.seq < expected) return;
    if (event.seq > expected) {
      void this.catchUp();
      return;
    }
    if (this.current === undefined) this.current = ownCopy(begin(event));
    else foldInto(this.current, event);
    if (event.type === 'run-started' && event.seq > this.options.afterSeq) this.tellIgnored(event);
    if (event.seq > this.options.afterSeq) this.view.event(event, this.current);
    if (event.type === 'approval-requested') this.wake();
    const settled = event.type === 'approval-decided' || event.type === 'approval-voided';
    if (settled && this.prompt?.id === event.id && this.state.openApprovals[event.id] === undefined) {
      this.prompt.controller.abort(new CancelledError('Decided elsewhere'));
    }
  }

  /** What the file wishes and only a person may choose. Programs read it in the event. */
  private tellIgnored({ definition, mode, rehearsal }: Extract<RunEvent, { type: 'run-started' }>): void {
    if (this.context.json || rehearsal === true) return;
    for (const wish of ignoredWishes(definition, mode)) this.context.terminal.tell(visibleLine(wish));
  }

  /** Shows everything stored so far: events may have been told before anybody listened. */
  private catchUp(): Promise<void> {
    const work = async () => {
      if (this.terminated) return;
      for (const event of await this.runtime.events(this.runId, this.current?.seq ?? 0)) this.take(event);
    };
    this.catchingUp = this.catchingUp.then(work, work);
    return this.catchingUp;
  }

  private async askAt(gate: Approval): Promise<void> {
    const { context, runtime, runId } = this;
    const prompt = { id: gate.id, controller: new AbortController() };
    this.prompt = prompt;
    this.view.settle();
    this.view.pause();
    try {
      const atGate = {
        readArtifact: (ref: ArtifactRef) => runtime.readArtifact(ref),
        undo: async (paths: readonly string[]) => {
          const outcome = await runtime.undoChanges(runId, gate.step, { by: context.user, paths });
          await this.catchUp();
          return outcome;
        },
      };
      const decision = await askDecision(context, this.state, gate, atGate, prompt.controller.signal);
      if (decision === undefined) {
        // Nobody is there to answer, unless the question itself went away.
        if (!prompt.controller.signal.aborted) this.ask = false;
        return;
      }
      const by = { name: context.user, channel: 'terminal' } as const;
      const outcome = await runtime.decide(runId, gate.id, decision, by);
      if (!outcome.ok) context.terminal.tell(outcome.message);
      if (!outcome.ok && outcome.code !== 'refused') this.ask = false;
      await this.catchUp();
    } finally {
      this.prompt = undefined;
      this.view.resume();
    }
  }

  private async interrupt(): Promise<void> {
    // The second time the person does not want to wait; the run is resumable, as after a kill.
    if (this.cancelling) process.exit(EXIT.cancelled);
    this.cancelling = true;
    this.ask = false;
    // A question stands open on the line.
    this.context.terminal.tell(`${this.prompt === undefined ? '' : '\n'}Cancelling the run.`);
    const outcome = await this.runtime.cancel(this.runId, this.context.user);
    if (!outcome.ok) this.context.terminal.tell(outcome.message);
    this.prompt?.controller.abort(new CancelledError());
    this.wake();
  }

  private async terminate(signal: string): Promise<void> {
    this.ask = false;
    this.terminated = true;
    const owner = this.runtime.otherOwner?.name;
    // Steps of this process end here, the run does not.
    await this.runtime.close();
    const goesOn =
      owner === undefined ? 'Go on with' : `The run goes on in ${visibleLine(owner)}. Follow it with`;
    this.context.terminal.tell(
      `Stopped by ${signal}. ${goesOn}: ${this.context.baton(`resume ${this.runId}`)}`,
    );
    this.prompt?.controller.abort(new CancelledError());
    this.wake();
  }

  /** An estimate is no reason to stop showing the run. */
  private async showProgress(): Promise<void> {
    this.view.progress(await this.runtime.progress(this.runId).catch(() => undefined));
  }

  private pollProgress(store: DisposableStore): void {
    const { clock } = this.context.host;
    let timer = { dispose() {} };
    const poll = async () => {
      await this.showProgress();
      if (!store.isDisposed) timer = clock.after(PROGRESS_MS, () => void poll());
    };
    timer = clock.after(PROGRESS_MS, () => void poll());
    store.add({ dispose: () => timer.dispose() });
  }
}
