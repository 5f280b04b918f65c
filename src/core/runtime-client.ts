/*
 * owns: that what people ask of runs is done by the folder's owner, whoever that is: this process, or another one that is asked.
 * does not own: doing it (commands), the owner's answers (answers), becoming the owner (folder).
 * must stay true: what the owner did not take within its time was not done; what an owner took before it died is not done twice.
 */
import { LONGEST_MESSAGE, type Host } from './host';
import { BatonError, messageOf } from './model/errors';
import type { RunId } from './model/ids';
import { foldAll, type RunState } from './model/run-state';
import { notOwner, notOwnerText, type Commands, type OwnCommands } from './runtime-commands';
import type { Folder } from './runtime-folder';
import type { CommandOutcome, UndoOutcome } from './runtime-port';
import {
  decodeAnswer,
  type ClientCommand,
  type ClientMessage,
  type Declined,
  type OwnerAnswer,
  type Outcome,
  type Sender,
} from './runtime-messages';
import { doneBefore } from './runtime-done-before';
import { refusalFromInside, runOfMark } from './runtime-inside';
import { PATIENCE_MS } from './storage/owner';

export interface ClientOptions {
  readonly host: Host;
  readonly folder: Folder;
  readonly own: OwnCommands;
  readonly from: () => Promise<Sender>;
}

/** A command that arrives later than this is not done: there must be time left for the answer to be heard. */
const TAKE_WITHIN_MS = PATIENCE_MS - 500;
/** Owners come and go for at most this long before a command is given up. */
const CHANGES_WITHIN_MS = 5 * PATIENCE_MS;
const TRY_AGAIN_MS = 50;
/** Characters of a command itself; the rest is for what goes along with it. */
const LONGEST_COMMAND = LONGEST_MESSAGE - 64 * 1024;
/** A question that is answered when something happens is asked again after this time. */
const ASK_AGAIN_MS = 60_000;

type Refused = Extract<Outcome, { ok: false }>;

export class Client implements Commands {
  /** Runs that go on for this process, with the name of the person who wants that. */
  private readonly followed = new Map<RunId, string>();
  private goingOn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ClientOptions) {
    options.folder.ownerChanged.event(() => {
      const runs = [...this.followed].map(([runId, by]) => this.goOn(runId, by));
      this.goingOn = Promise.all(runs);
    });
  }

  async start(request: Parameters<Commands['start']>[0]) {
    const { host, folder, own } = this.options;
    const mark = host.env('BATON_STEP');
    if (folder.engine !== undefined) return own.start(request, runOfMark(mark));
    const sent = { ...request, clientId: request.clientId ?? host.ids.next() };
    const begun = await this.done({ verb: 'start', request: sent }, () => own.start(sent, runOfMark(mark)));
    if ('runId' in begun) this.followed.set(begun.runId, request.by);
    return 'message' in begun ? notOwner(folder, begun.message) : begun;
  }

  async resume(runId: RunId, options: Parameters<Commands['resume']>[1]) {
    const outcome = await this.ask({ verb: 'resume', runId, options }, () =>
      this.options.own.resume(runId, options),
    );
    if (outcome.ok) this.followed.set(runId, options.by);
    return outcome;
  }

  pause(runId: RunId, by: string) {
    return this.ask({ verb: 'pause', runId, by }, () => this.options.own.pause(runId, by));
  }

  cancel(runId: RunId, by: string) {
    return this.ask({ verb: 'cancel', runId, by }, () => this.options.own.cancel(runId, by));
  }

  decide(...[runId, approval, decision, by]: Parameters<Commands['decide']>) {
    return this.ask({ verb: 'decide', runId, approval, decision, by }, () =>
      this.options.own.decide(runId, approval, decision, by),
    );
  }

  undoChanges(...[runId, step, options]: Parameters<Commands['undoChanges']>) {
    return this.ask({ verb: 'undo', runId, step, options }, () =>
      this.options.own.undoChanges(runId, step, options),
    );
  }

  /** Resolves when the run cannot go on by itself, wherever it runs. */
  async whenIdle(runId: RunId): Promise<RunState> {
    const { folder } = this.options;
    for (;;) {
      // A run that was taken over rests for a moment, until it goes on here.
      await folder.whenSettled();
      await this.goingOn;
      if (folder.engine !== undefined) return folder.engine.whenIdle(runId);
      const answer = folder.isClient ? await this.send({ type: 'idle', runId }, ASK_AGAIN_MS) : undefined;
      if (answer === 'gone') {
        await this.turn();
        continue;
      }
      if (answer === 'silent') continue;
      if (answer?.type === 'failed') throw new BatonError(answer.code, answer.message);
      const state = foldAll(await folder.store.read(runId));
      if (state === undefined) throw new BatonError('unknown-run', `There is no run ${runId}.`);
      return state;
    }
  }

  private async goOn(runId: RunId, by: string): Promise<void> {
    try {
      const outcome = await this.ask({ verb: 'go-on', runId, by }, () => this.options.own.goOn(runId, by));
      if (!outcome.ok) this.options.host.log.info(`Run ${runId} does not go on: ${outcome.message}`);
    } catch (error) {
      this.options.host.log.warn(`Run ${runId} could not go on: ${messageOf(error)}`);
    }
  }

  private async ask<Done extends CommandOutcome | UndoOutcome>(
    command: Exclude<ClientCommand, { verb: 'start' }>,
    own: () => Promise<Done>,
  ): Promise<Done | Refused> {
    const { host, folder } = this.options;
    const eventsOf = (runId: RunId) => folder.store.read(runId);
    const inside = await refusalFromInside(eventsOf, host.env('BATON_STEP'), command.runId);
    return inside ?? this.done<Done>(command, own);
  }

  private async done<Done extends Outcome>(
    command: ClientCommand,
    own: () => Promise<Done>,
  ): Promise<Done | Refused> {
    const { host, folder } = this.options;
    const { clock } = host;
    const id = host.ids.next();
    const begun = clock.monotonic();
    const since = clock.now();
    let mayBeDone = false;
    for (;;) {
      if (mayBeDone) {
        const before = await doneBefore(folder.store, command, since);
        if (before !== undefined) {
          // Begun by an owner that is gone: nobody else wants it to go on.
          if (command.verb === 'start' && 'runId' in before)
            await this.goOn(before.runId, command.request.by);
          return before as Done;
        }
      }
      if (folder.engine !== undefined) return own();
      if (!folder.isClient) return { ok: false, code: 'not-owner', message: notOwnerText(folder) };
      const answer = await this.offer(id, command);
      if (answer === undefined)
        return this.refused(`${this.owner} is another version of Baton and does not understand this.`);
      if (answer === 'silent')
        return this.refused(`${this.owner} owns the runs of this folder and does not answer.`);
      if (answer === 'gone') mayBeDone = true;
      else if (answer.type === 'outcome') return answer.outcome as Done;
      else if (answer.type === 'failed') throw new BatonError(answer.code, answer.message);
      else if (answer.type === 'declined') {
        const refusal = this.declined(answer.why);
        if (refusal !== undefined) return refusal;
      }
      if (clock.monotonic() - begun > CHANGES_WITHIN_MS)
        return { ok: false, code: 'not-owner', message: notOwnerText(folder) };
      await this.turn();
    }
  }

  /** What the owner did with a command; undefined when it understands nothing of it. */
  private async offer(
    id: string,
    command: ClientCommand,
  ): Promise<OwnerAnswer | 'gone' | 'silent' | undefined> {
    const { clock } = this.options.host;
    // Longer ones would not be read.
    if (JSON.stringify(command).length > LONGEST_COMMAND)
      return { type: 'outcome', outcome: this.refused(`This is too large to be sent to ${this.owner}.`) };
    const from = await this.options.from();
    const until = clock.now() + TAKE_WITHIN_MS;
    const offered = await this.send({ type: 'command', id, until, from, command }, PATIENCE_MS);
    if (typeof offered !== 'object' || offered.type !== 'taken') return offered;
    for (;;) {
      const answer = await this.send({ type: 'result', id }, PATIENCE_MS);
      if (answer !== 'silent') return answer;
      if (!(await this.options.folder.ownerAnswers())) return { type: 'outcome', outcome: this.unknown() };
    }
  }

  private async send(
    message: ClientMessage,
    timeoutMs: number,
  ): Promise<OwnerAnswer | 'gone' | 'silent' | undefined> {
    const sent = await this.options.folder.send(message, timeoutMs);
    return typeof sent === 'object' ? decodeAnswer(sent.answer) : sent;
  }

  /** Undefined where another try may help. */
  private declined(why: Declined): Refused | undefined {
    switch (why) {
      case 'brief':
      case 'closing':
      case 'unknown':
        return undefined;
      case 'late':
        return this.refused(`${this.owner} owns the runs of this folder and did not answer in time.`);
      case 'elsewhere':
        return this.refused(`${this.owner} owns these runs and works in another folder.`);
      default:
        return why satisfies never;
    }
  }

  /** Becomes the owner if nobody else is. */
  private async turn(): Promise<void> {
    const { folder, host } = this.options;
    if (await folder.takeTurn()) return;
    await new Promise<void>((resolve) => host.clock.after(TRY_AGAIN_MS, resolve));
  }

  private get owner(): string {
    return this.options.folder.otherOwner?.name ?? 'Another process';
  }

  private refused(why: string): Refused {
    return { ok: false, code: 'not-owner', message: `${why} Nothing was changed.` };
  }

  private unknown(): Refused {
    const message = `${this.owner} took this and does not answer any more: look later whether it was done.`;
    return { ok: false, code: 'not-owner', message };
  }
}
