/*
 * owns: what the owner of a folder says to its clients: commands are acknowledged, done once and their outcome is told; what is new, and
 * that a run is at rest, is told when it comes.
 * does not own: doing it (commands), who may speak (owner), the form of messages (runtime-messages).
 * must stay true: nothing begins after its deadline, nor before its sender could hear that it was taken; one id is done once.
 */
import type { Clock } from './base/clock';
import { messageOf, BatonError } from './model/errors';
import type { RunEvent } from './model/events';
import type { RunId } from './model/ids';
import type { RunState } from './model/run-state';
import { decodeMessage, type ClientMessage, type OwnerAnswer } from './runtime-messages';
import type { Runtime } from './runtime-port';
import { News, type NewsSources } from './runtime-news';
import type { OwnCommands } from './runtime-commands';
import type { OwnerAnswers } from './runtime-folder';
import { refusalFromInside, runOfMark } from './runtime-inside';

type CommandMessage = Extract<ClientMessage, { type: 'command' }>;

export interface AnswersOptions {
  readonly clock: Clock;
  /** True where this process only decides: it moves no run forward and is gone in a moment. */
  readonly isBrief: boolean;
  /** Real path of the folder whose runs these are. */
  readonly workspace: () => Promise<string>;
  /** False while the folder is not trusted here. */
  readonly isTrusted: () => boolean;
}

/** What this process can do while it is the owner. */
export interface OwnerParts extends NewsSources {
  readonly commands: OwnCommands;
  readonly whenIdle: (runId: RunId) => Promise<RunState>;
  readonly events: (runId: RunId) => Promise<readonly RunEvent[]>;
}

type RunForOther = ReturnType<Runtime['runsForOthers']>[number];

/** Outcomes kept for clients that ask again. */
const KEPT_JOBS = 500;

export class Answers implements OwnerAnswers {
  private readonly jobs = new Map<string, Promise<OwnerAnswer>>();
  private readonly others = new Map<RunId, RunForOther>();
  private readonly news = new News();
  private parts: OwnerParts | undefined;
  private state: 'coming' | 'open' | 'closing' = 'coming';
  private tellOpen = () => {};
  private whenOpen = new Promise<void>((resolve) => (this.tellOpen = resolve));

  constructor(private readonly options: AnswersOptions) {}

  /** Runs that clients asked for and that go on, in the order in which they were asked for. */
  get runsForOthers(): readonly RunForOther[] {
    return [...this.others.values()];
  }

  /** Called once, when the commands are there. */
  serve(parts: OwnerParts): void {
    this.parts = parts;
    this.news.listen(parts);
    if (this.state === 'open') this.tellOpen();
  }

  /** This process became the owner, and its engine is ready. */
  open(): void {
    this.state = 'open';
    if (this.parts !== undefined) this.tellOpen();
  }

  /** From here on nothing new begins, and nobody is told that a run rests which is only broken off. */
  close(): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.whenOpen = new Promise((resolve) => (this.tellOpen = resolve));
  }

  dispose(): void {
    this.close();
    this.news.dispose();
  }

  /** Undefined: not understood. */
  async answer(given: object, hungUp: AbortSignal): Promise<OwnerAnswer | undefined> {
    const message = decodeMessage(given);
    switch (message?.type) {
      case 'command':
        return this.take(message);
      case 'result':
        return this.jobs.get(message.id) ?? { type: 'declined', why: 'unknown' };
      case 'idle':
        return this.idle(message.runId);
      case 'news':
        return this.news.after(message, hungUp);
      case undefined:
        return undefined;
      default:
        return message satisfies never;
    }
  }

  private async take(message: CommandMessage): Promise<OwnerAnswer> {
    const { id, from, command } = message;
    if (this.jobs.has(id)) return { type: 'taken' };
    if (this.state === 'closing') return { type: 'declined', why: 'closing' };
    const moves = command.verb === 'start' || command.verb === 'resume' || command.verb === 'go-on';
    if (moves && this.options.isBrief) return { type: 'declined', why: 'brief' };
    if (moves && from.workspace !== (await this.options.workspace()))
      return { type: 'declined', why: 'elsewhere' };
    if (this.isLate(message)) return { type: 'declined', why: 'late' };
    // Asked for again while its folder was looked up.
    if (!this.jobs.has(id)) this.keep(id, this.doLater(message));
    return { type: 'taken' };
  }

  /**
   * The acknowledgement is on its way before anything begins. A process that was held up in between looks at its clock once more: whoever
   * asked may have been told by now that nothing happens.
   */
  private async doLater(message: CommandMessage): Promise<OwnerAnswer> {
    await new Promise<void>((resolve) => this.options.clock.after(0, resolve));
    if (this.isLate(message)) return { type: 'declined', why: 'late' };
    await this.whenOpen;
    try {
      return { type: 'outcome', outcome: await this.do(message) };
    } catch (error) {
      const code = error instanceof BatonError ? error.code : 'failed';
      return { type: 'failed', code, message: messageOf(error) };
    }
  }

  private async do({ from, command }: CommandMessage) {
    const { commands } = this.served;
    if (command.verb === 'start') {
      const trusted = command.request.trusted && this.options.isTrusted();
      const begun = await commands.start({ ...command.request, trusted }, runOfMark(from.mark));
      if ('runId' in begun) this.follow(begun.runId, from.name);
      return begun;
    }
    const { runId } = command;
    const inside = await refusalFromInside(this.served.events, from.mark, runId);
    if (inside !== undefined) return inside;
    if (command.verb === 'pause' || command.verb === 'cancel')
      return commands[command.verb](runId, command.by);
    if (command.verb === 'undo') return commands.undoChanges(runId, command.step, command.options);
    if (command.verb === 'decide' && !['editor', 'terminal'].includes(command.by.channel))
      return { ok: false, code: 'refused', message: 'Only a person decides from outside.' } as const;
    const outcome =
      command.verb === 'decide'
        ? await commands.decide(runId, command.approval, command.decision, command.by)
        : command.verb === 'resume'
          ? await commands.resume(runId, command.options)
          : await commands.goOn(runId, command.by);
    if (outcome.ok) this.follow(runId, from.name);
    return outcome;
  }

  private async idle(runId: RunId): Promise<OwnerAnswer> {
    for (;;) {
      await this.whenOpen;
      try {
        await this.served.whenIdle(runId);
      } catch (error) {
        if (this.state !== 'open') continue;
        const code = error instanceof BatonError ? error.code : 'failed';
        return { type: 'failed', code, message: messageOf(error) };
      }
      // A run that comes to rest because this process ends is not at rest: whoever comes next goes on with it.
      if (this.state === 'open') return { type: 'idle' };
    }
  }

  private follow(runId: RunId, from: string): void {
    const run = { runId, from };
    this.others.set(runId, run);
    const end = () => void (this.others.get(runId) === run && this.others.delete(runId));
    this.served.whenIdle(runId).then(end, end);
  }

  private keep(id: string, job: Promise<OwnerAnswer>): void {
    this.jobs.set(id, job);
    const oldest = this.jobs.keys().next().value;
    if (this.jobs.size > KEPT_JOBS && oldest !== undefined) this.jobs.delete(oldest);
  }

  private isLate({ until }: CommandMessage): boolean {
    return this.options.clock.now() > until;
  }

  private get served(): OwnerParts {
    if (this.parts === undefined) throw new TypeError('Nothing is served yet');
    return this.parts;
  }
}
