import type { Clock } from '../../base/clock';
import type { JsonObject, JsonValue } from '../../base/json';
import { schemaFaults } from '../../base/schema-faults';
import { messageOf } from '../../model/errors';
import { messageSchemas, type MessageType, type ParticipantName } from '../../model/message';

export interface MessageLimits {
  /** Characters of a body, or of a shared value, as JSON. What is larger belongs into an artifact. */
  readonly characters: number;
  /** Lists and objects within each other. */
  readonly depth: number;
  /** Messages that a participant may leave unread before no more get to it. */
  readonly unread: number;
  /** Messages and changes of one participant: this many at once, and again as many each second. */
  readonly perSecond: number;
  /** Messages and changes of one participant in the whole run. */
  readonly perRun: number;
  /** Keys of the shared context. */
  readonly keys: number;
}

export const defaultLimits: MessageLimits = {
  characters: 64_000,
  depth: 32,
  unread: 1_000,
  perSecond: 200,
  perRun: 20_000,
  keys: 1_000,
};

/** Why something was not sent or changed. An expected outcome, told to the agent, which may do something else. */
export interface Refusal {
  readonly code:
    | 'too-large'
    | 'too-deep'
    | 'not-json'
    | 'bad-name'
    | 'schema'
    | 'rate'
    | 'quota'
    | 'no-such-participant'
    | 'unread'
    | 'no-such-request'
    | 'left';
  /** One sentence for people and models. */
  readonly message: string;
}

export const refusal = (code: Refusal['code'], message: string): Refusal => ({ code, message });

/** Names of topics and keys: no white space, no control characters, nothing that looks like anything else. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/-]{0,99}$/u;

export function nameRefusal(what: string, name: string): Refusal | undefined {
  if (NAME.test(name)) return undefined;
  return refusal(
    'bad-name',
    `A ${what} is 1 to 100 letters, digits and . : / _ - and begins with a letter, a digit or _.`,
  );
}

/** The value as it will be recorded, its own copy, so that the sender cannot change it afterwards. */
export function copied<T extends JsonValue>(
  value: T,
  limits: MessageLimits,
): { readonly value: T } | { readonly refused: Refusal } {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    return { refused: refusal('not-json', `This cannot be written as JSON: ${messageOf(error)}`) };
  }
  if (text === undefined) return { refused: refusal('not-json', 'This cannot be written as JSON.') };
  if (text.length > limits.characters)
    return {
      refused: refusal(
        'too-large',
        `${text.length} characters are more than the ${limits.characters} allowed. Store an artifact and name it.`,
      ),
    };
  const copy = JSON.parse(text) as T;
  if (!isShallow(copy, limits.depth))
    return { refused: refusal('too-deep', `It is deeper than ${limits.depth} lists and objects.`) };
  return { value: copy };
}

/** Why a body is not what its type says; undefined when it is. */
export function schemaRefusal(type: MessageType, body: JsonObject): Refusal | undefined {
  const faults = schemaFaults(messageSchemas[type], body);
  return faults.length === 0 ? undefined : refusal('schema', `Not a ${type}: ${faults.join('; ')}.`);
}

function isShallow(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  for (const inner of Array.isArray(value) ? (value as readonly JsonValue[]) : Object.values(value))
    if (!isShallow(inner, depth - 1)) return false;
  return true;
}

interface Bucket {
  left: number;
  filledAt: number;
  used: number;
}

/** How much each participant may still say. By the clock that never jumps. */
export class Allowances {
  private readonly buckets = new Map<ParticipantName, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: MessageLimits,
  ) {}

  /** Takes one from what the participant may say, or says why it may not. */
  take(name: ParticipantName): Refusal | undefined {
    const { perSecond, perRun } = this.limits;
    const now = this.clock.monotonic();
    let bucket = this.buckets.get(name);
    if (bucket === undefined) this.buckets.set(name, (bucket = { left: perSecond, filledAt: now, used: 0 }));
    if (bucket.used >= perRun)
      return refusal('quota', `${name} has said its ${perRun} messages of this run.`);
    bucket.left = Math.min(perSecond, bucket.left + ((now - bucket.filledAt) * perSecond) / 1_000);
    bucket.filledAt = now;
    if (bucket.left < 1) return refusal('rate', `${name} says more than ${perSecond} messages a second.`);
    bucket.left -= 1;
    bucket.used += 1;
    return undefined;
  }

  /** Counts what was said before a crash. */
  recount(name: ParticipantName): void {
    const bucket = this.buckets.get(name);
    if (bucket !== undefined) bucket.used += 1;
    else this.buckets.set(name, { left: this.limits.perSecond, filledAt: this.clock.monotonic(), used: 1 });
  }
}
