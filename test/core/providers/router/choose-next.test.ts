import { describe, expect, it } from 'vitest';
import { createHealth, type Health } from '../../../../src/core/providers/health/health';
import { chooseNext, runnersOf, type Runner } from '../../../../src/core/providers/router/choose-next';
import type { Candidate } from '../../../../src/core/providers/router/routable';
import { SimulatedClock } from '../../engine/simulated-clock';
import { scripted } from './scripted';

function three(): {
  readonly clock: SimulatedClock;
  readonly health: Health;
  readonly runners: readonly Runner[];
} {
  const clock = new SimulatedClock();
  const candidates = ['claude', 'gemini', 'openai'].map((name): Candidate => {
    const routable = scripted(clock, name);
    return { ref: { provider: name, model: `${name}-model` }, routable, title: name, facts: undefined };
  });
  return { clock, health: createHealth(clock), runners: runnersOf(candidates) };
}

/** Its circuit has opened: it rests for ten seconds. */
async function rests(health: Health, { candidate }: Runner): Promise<void> {
  const model = health.model(candidate.ref);
  for (let i = 0; i < 5; i++) model.failed({ provider: candidate.ref.provider, fault: 'server' }, 0);
  await model.circuit.failed();
}

/** It was asked so often in this call, in vain, and may be asked again in a second. */
function failed(runner: Runner, requests: number): void {
  Object.assign(runner, { turn: 'passed', requests, notBefore: 1_000 } satisfies Partial<Runner>);
}

describe('who is asked next', () => {
  it('is the one that rests and was not asked, where only one request of the call is left', async () => {
    const { clock, health, runners } = three();
    const [claude, gemini, openai] = runners as [Runner, Runner, Runner];
    await rests(health, claude);
    failed(gemini, 3);
    failed(openai, 2);
    expect(chooseNext(runners, health, clock.monotonic())).toEqual({ runner: claude, at: 10_000 });
  });

  it('is one that failed and comes back sooner, while a request remains for the one that rests', async () => {
    const { clock, health, runners } = three();
    const [claude, gemini, openai] = runners as [Runner, Runner, Runner];
    await rests(health, claude);
    failed(gemini, 3);
    failed(openai, 1);
    expect(chooseNext(runners, health, clock.monotonic())).toEqual({ runner: openai, at: 1_000 });
  });

  it('is nobody once the call has used up its requests', () => {
    const { clock, health, runners } = three();
    const [, gemini, openai] = runners as [Runner, Runner, Runner];
    failed(gemini, 3);
    failed(openai, 3);
    expect(chooseNext(runners, health, clock.monotonic())).toBeUndefined();
  });
});
