/*
 * owns: asking an agent so that people see it: who was asked what by whom, and what came back, stand among the messages of the run.
 * does not own: the bounds of asking (delegation), and the work itself.
 * must stay true: made again after a crash it says nothing a second time; the other agent leaves when its work is over, whatever came
 * of it, and stays expected when the whole attempt is held.
 */
import type { JsonObject } from '../../base/json';
import type { MessageId, ParticipantName } from '../../model/message';
import type { Ask, AskAs, AskOptions, Outcome, Task } from './ask';
import type { Participant } from './collaboration';
import { holdsAttempt } from './held';
import type { Asked, Once, Postbox } from './postbox';
import type { AgentName } from '../../model/ids';

/** Nobody waits by this clock; the step's own limits and signal end it. Milliseconds. */
const SEVEN_DAYS = 7 * 24 * 3_600_000;

export interface AskAloud {
  /** Lets the agent work. */
  readonly ask: AskAs;
  readonly join: () => Promise<Participant>;
  /** Lets the other take part. */
  readonly joinAs: (name: ParticipantName) => Promise<Participant>;
  /** `time`: 1 when it is asked first, 2 when the same agent is asked once more. */
  readonly nameOf: (agent: AgentName, time: number) => ParticipantName;
  /** Of the call that asks; absent: it is never made again. */
  readonly once?: Once;
}

/** The same asking, spoken. Of one call: its askings are told apart by their order. */
export function askAloud(aloud: AskAloud): Ask {
  let count = 0;
  const times = new Map<AgentName, number>();
  return async (agent, task, options) => {
    count += 1;
    const once = aloud.once && { ...aloud.once, mark: `${aloud.once.mark}.${count}` };
    const time = (times.get(agent) ?? 0) + 1;
    times.set(agent, time);
    const asker = await aloud.join();
    const asked = await aloud.joinAs(aloud.nameOf(agent, time));
    let comesBack = false;
    try {
      return await exchange(aloud.ask, { asker, asked, once }, agent, task, options);
    } catch (error) {
      comesBack = holdsAttempt(error);
      throw error;
    } finally {
      await asked.leave(comesBack ? 'interrupted' : 'ended');
    }
  };
}

interface Both {
  readonly asker: Participant;
  readonly asked: Participant;
  readonly once: Once | undefined;
}

async function exchange(
  ask: AskAs,
  { asker, asked, once }: Both,
  agent: AgentName,
  task: Task,
  options: AskOptions,
): Promise<Outcome> {
  const marked = (postbox: Postbox) => (once === undefined ? postbox : postbox.once(once));
  const request = await sent(marked(asker.postbox), asked.name, task, options.signal);
  if ('refused' in request) {
    const { code, message } = request.refused;
    return { status: 'failed', agent, code, message, usage: {}, asks: 0 };
  }
  const { id, answer } = request;
  await asked.postbox.take(id);
  const as = { participant: asked.name, join: () => Promise.resolve(asked) };
  const outcome = await ask(agent, task, { ...options, as });
  await answered(marked(asked.postbox), id, outcome);
  // Its answer is among what the asker has read before anything else happens.
  await answer;
  return outcome;
}

type Request =
  { readonly id: MessageId; readonly answer: Promise<unknown> } | Extract<Asked, { outcome: 'refused' }>;

async function sent(
  postbox: Postbox,
  to: ParticipantName,
  task: Task,
  signal: AbortSignal,
): Promise<Request> {
  let tell!: (id: MessageId) => void;
  const isSent = new Promise<MessageId>((resolve) => (tell = resolve));
  const answer = postbox.request(to, bodyOf(task), {
    timeoutMs: SEVEN_DAYS,
    priority: 'high',
    signal,
    onSent: tell,
  });
  const first = await Promise.race([isSent, answer]);
  if (typeof first === 'object' && first.outcome === 'refused') return first;
  // A cancelled one is told by the work itself.
  return { id: await isSent, answer: answer.catch(() => {}) };
}

/** Results that it begins from by what they say in short: whole ones may be larger than a message. */
function bodyOf({ task, given }: Task): { task: string; data?: JsonObject } {
  if (given.length === 0) return { task };
  return { task, data: { given: given.map(({ from, summary }) => ({ from, summary })) } };
}

async function answered(postbox: Postbox, id: MessageId, outcome: Outcome): Promise<void> {
  if (outcome.status === 'failed') {
    await postbox.fail({ id }, { code: outcome.code, message: outcome.message });
    return;
  }
  const { output, summary } = outcome.result;
  const whole = await postbox.respond({ id }, { output, summary });
  if (!whole.sent && (whole.refused.code === 'too-large' || whole.refused.code === 'too-deep'))
    await postbox.respond({ id }, { output: null, summary });
}
