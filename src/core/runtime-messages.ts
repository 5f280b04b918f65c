/*
 * owns: what a client of a folder's owner may say to it and be told, and that what comes is that and nothing else.
 * does not own: how it travels (the lock's line), who may speak (owner), what is done about it (answers, client).
 * must stay true: a key that is not known makes a message not understood: a newer program's wish is never done by half.
 */
import * as z from 'zod';
import type { Decider, Decision } from './model/approval';
import type { ApprovalId, RunId, StepKey } from './model/ids';
import type { CommandOutcome, LiveOutput, Refusal, Runtime, StartRequest, Started } from './runtime-port';
import type { UndoOutcome } from './runtime-port';

type UndoOptions = Parameters<Runtime['undoChanges']>[2];
export type ResumeOptions = Parameters<Runtime['resume']>[1];

/** What a client asks the owner to do. go-on: what an earlier owner's end broke off; a run that somebody paused stays paused. */
export type ClientCommand =
  | { readonly verb: 'start'; readonly request: StartRequest }
  | { readonly verb: 'resume'; readonly runId: RunId; readonly options: ResumeOptions }
  | { readonly verb: 'go-on' | 'pause' | 'cancel'; readonly runId: RunId; readonly by: string }
  | {
      readonly verb: 'decide';
      readonly runId: RunId;
      readonly approval: ApprovalId;
      readonly decision: Decision;
      readonly by: Decider;
    }
  | { readonly verb: 'undo'; readonly runId: RunId; readonly step: StepKey; readonly options: UndoOptions };

export interface Sender {
  /** For people: "terminal (pid 456)". */
  readonly name: string;
  /** Real path of the folder that it works in. */
  readonly workspace: string;
  /** BATON_STEP of its environment: it was started by a step. */
  readonly mark?: string;
}

/** news: answered once more was recorded, or said by what runs, than the client has seen. idle: once the run cannot go on by itself. */
export type ClientMessage =
  | {
      readonly type: 'command';
      /** Sent twice, it is done once. */
      readonly id: string;
      /** Wall clock, milliseconds: later than this it is not done. */
      readonly until: number;
      readonly from: Sender;
      readonly command: ClientCommand;
    }
  | { readonly type: 'result'; readonly id: string }
  | { readonly type: 'idle'; readonly runId: RunId }
  | { readonly type: 'news'; readonly seen?: number; readonly heard?: number };

/** Why a command was not done. brief: this owner moves nothing and is gone in a moment. */
export type Declined = 'late' | 'brief' | 'closing' | 'elsewhere' | 'unknown';

export type Outcome = CommandOutcome | UndoOutcome | Started | { readonly refusal: Refusal };

export type OwnerAnswer =
  | { readonly type: 'taken' }
  | { readonly type: 'declined'; readonly why: Declined }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  /** It threw. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'idle' }
  | {
      readonly type: 'news';
      readonly seen: number;
      readonly heard: number;
      readonly live: readonly LiveOutput[];
    };

const LONGEST_NAME = 1_000;
const LONGEST_TEXT = 5 * 1024 * 1024;
const DEEPEST = 200;

const name = z.string().max(LONGEST_NAME);
const text = z.string().max(LONGEST_TEXT);
const count = z.number().int().nonnegative();
const paths = z.array(z.string().max(LONGEST_TEXT)).max(100_000);
const json = z.custom((value) => isShallow(value));
const mode = z.enum(['interactive', 'batch', 'auto']);

const decision = z.strictObject({
  action: z.enum(['approve', 'modify', 'retry', 'skip', 'cancel']),
  value: json.optional(),
  comment: text.optional(),
  shownHash: name,
});
const command = z.discriminatedUnion('verb', [
  z.strictObject({
    verb: z.literal('start'),
    request: z.strictObject({
      workflow: z.strictObject({ text, path: text, builtin: z.boolean().optional() }),
      inputs: z.record(name, json),
      mode,
      rehearsal: z.boolean(),
      askInRehearsal: z.boolean().optional(),
      clientId: name.optional(),
      by: name,
      trusted: z.boolean(),
    }),
  }),
  z.strictObject({
    verb: z.literal('resume'),
    runId: name,
    options: z.strictObject({
      by: name,
      mode: mode.optional(),
      seq: count.optional(),
      automatic: z.literal(true).optional(),
    }),
  }),
  ...(['go-on', 'pause', 'cancel'] as const).map((verb) =>
    z.strictObject({ verb: z.literal(verb), runId: name, by: name }),
  ),
  z.strictObject({
    verb: z.literal('decide'),
    runId: name,
    approval: name,
    decision,
    by: z.strictObject({
      name,
      channel: z.enum(['editor', 'terminal', 'auto', 'expiry', 'rehearsal']),
    }),
  }),
  z.strictObject({
    verb: z.literal('undo'),
    runId: name,
    step: name,
    options: z.strictObject({ by: name, paths: paths.optional(), anyway: paths.optional() }),
  }),
]);
const message = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('command'),
    id: name,
    until: z.number(),
    from: z.strictObject({ name, workspace: text, mark: name.optional() }),
    command,
  }),
  z.strictObject({ type: z.literal('result'), id: name }),
  z.strictObject({ type: z.literal('idle'), runId: name }),
  z.strictObject({ type: z.literal('news'), seen: count.optional(), heard: count.optional() }),
]);

/** Undefined for what is no message of a client, or one of another version. */
export function decodeMessage(value: unknown): ClientMessage | undefined {
  const read = message.safeParse(value);
  return read.success ? (read.data as ClientMessage) : undefined;
}

const diagnostics = z.array(z.looseObject({ severity: z.string(), code: z.string(), message: z.string() }));
const outcome = z.union([
  z.looseObject({ ok: z.literal(true) }),
  z.looseObject({ ok: z.literal(false), code: z.string(), message: z.string() }),
  z.looseObject({ runId: z.string(), warnings: diagnostics }),
  z.looseObject({ refusal: z.looseObject({ code: z.string(), message: z.string(), diagnostics }) }),
]);
const answer = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('taken') }),
  z.looseObject({
    type: z.literal('declined'),
    why: z.enum(['late', 'brief', 'closing', 'elsewhere', 'unknown']),
  }),
  z.looseObject({ type: z.literal('outcome'), outcome }),
  z.looseObject({ type: z.literal('failed'), code: z.string(), message: z.string() }),
  z.looseObject({ type: z.literal('idle') }),
  z.looseObject({
    type: z.literal('news'),
    seen: count,
    heard: count,
    live: z.array(z.looseObject({ runId: z.string(), step: z.string(), attempt: z.number() })),
  }),
]);

/** Undefined for what no owner of this version answers. */
export function decodeAnswer(value: unknown): OwnerAnswer | undefined {
  const read = answer.safeParse(value);
  return read.success ? (read.data as unknown as OwnerAnswer) : undefined;
}

/** What is nested deeper could not be written down again. Looks without going as deep itself. */
function isShallow(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    level = level.flatMap((one): unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    if (level.length === 0) return true;
  }
  return false;
}
