import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import type { RunId } from '../../src/core/model/ids';
import { runStatus, type StepState } from '../../src/core/model/run-state';
import type { ModelSource } from '../../src/core/providers/model-settings';
import { resolveModelSettings } from '../../src/core/providers/settings/resolve-settings';
import { createRuntime } from '../../src/core/runtime';
import type { Runtime } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';
import { quickClock } from './quick-clock';
import { answerTo, startTroubledServer, type TroubledServer } from './troubled-server';

// The vendors' packages as people get them: in their own bundles, each request through its own exchange.
vi.mock('../../src/core/providers/adapters', async () => ({
  connect: (await import('../support/built-providers')).connectBuilt,
}));

const WORKFLOWS = Number(process.env['WORKFLOWS'] ?? 200);
const AT_ONCE = 4;
/** How many times as fast as real ones the seconds of waits pass. */
const QUICK = Number(process.env['QUICK'] ?? 10);
const STEPS = ['one', 'two', 'three', 'four', 'five'];
const NAMES = ['claude', 'gemini', 'openai'] as const;
/** Who is well in each quarter. */
const WELL = ['claude', 'gemini', 'openai', 'claude'] as const;

const question = (run: number, step: string) => `q${run}-${step}`;
const workflow = (run: number) => `
name: questions-${run}
steps:
${STEPS.map(
  (step, at) => `  - key: ${step}
    prompt: "Question ${question(run, step)}?"${at < 2 ? '' : `\n    dependsOn: [${STEPS[at - 2]}]`}`,
).join('\n')}
`;

describe('model servers in trouble', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let servers: Record<(typeof NAMES)[number], TroubledServer>;
  let runtime: Runtime;

  beforeEach(async () => {
    folder = await temporaryFolder('baton-chaos');
    const workspace = path.join(folder.path, 'workspace');
    await mkdir(workspace);
    const [claude, gemini, openai] = await Promise.all(NAMES.map(() => startTroubledServer()));
    if (!claude || !gemini || !openai) throw new Error('A server did not start.');
    servers = { claude, gemini, openai };
    const settings = resolveModelSettings({
      person: [
        {
          from: 'the test',
          probeLocalServers: false,
          providers: {
            claude: { baseUrl: claude.url },
            gemini: { baseUrl: gemini.url },
            openai: { baseUrl: `${openai.url}/v1` },
          },
        },
      ],
      workspace: [],
      env: () => undefined,
    });
    const models: ModelSource = {
      settings: async () => settings,
      key: async () => 'key-for-tests',
      secret: async () => undefined,
    };
    const host = createTestHost();
    runtime = await createRuntime({
      host: {
        ...host,
        clock: quickClock(QUICK),
        env: (name) => (name === 'XDG_STATE_HOME' ? path.join(folder.path, 'home') : undefined),
      },
      workspace,
      stateDirectory: path.join(folder.path, 'state'),
      owner: { name: 'test' },
      access: 'run',
      models,
    });
  });
  afterEach(async () => {
    await runtime?.close();
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    await folder.remove();
  });

  const begin = async (run: number): Promise<RunId> => {
    const started = await runtime.start({
      workflow: { text: workflow(run), path: `workflows/questions-${run}.baton.yaml` },
      inputs: {},
      mode: 'auto',
      rehearsal: false,
      by: 'ada',
      trusted: true,
    });
    if ('refusal' in started) throw new Error(JSON.stringify(started.refusal));
    return started.runId;
  };

  it(`finish ${WORKFLOWS} workflows of ${STEPS.length} questions with one server of three well at a time, and not one wrong answer`, async () => {
    const runs = new Map<number, RunId>();
    let next = 0;
    let well = -1;
    const begun = performance.now();
    const work = async () => {
      while (next < WORKFLOWS) {
        const run = next++;
        const quarter = Math.floor((run * WELL.length) / WORKFLOWS);
        if (quarter !== well) {
          well = quarter;
          for (const name of NAMES)
            if (name === WELL[quarter]) servers[name].heal();
            else servers[name].trouble();
        }
        const id = await begin(run);
        runs.set(run, id);
        await runtime.whenIdle(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    const answeredBy: Record<string, number> = { claude: 0, gemini: 0, openai: 0 };
    let requests = 0;
    let worst = 0;
    let wrong = 0;
    const unfinished: string[] = [];
    for (const [run, id] of runs) {
      const state = await runtime.state(id);
      const status = state && runStatus(state);
      if (status !== 'completed') unfinished.push(`${run}: ${status}, ${state?.reason ?? 'no reason'}`);
      for (const step of STEPS) {
        const output = outputOf(state?.steps[step]);
        if (output?.text !== answerTo(question(run, step))) wrong += 1;
      }
      for (const call of callsIn(await runtime.events(id))) {
        const perProvider = new Map<string, number>();
        for (const { model } of call)
          perProvider.set(model.provider, (perProvider.get(model.provider) ?? 0) + 1);
        expect(Math.max(...perProvider.values())).toBeLessThanOrEqual(3);
        worst = Math.max(worst, call.length);
        requests += call.length;
        for (const event of call)
          if (event.type === 'call-answered')
            answeredBy[event.model.provider] = (answeredBy[event.model.provider] ?? 0) + 1;
      }
    }
    const wire = NAMES.map((name) => servers[name].requests());
    console.log(
      JSON.stringify({
        seconds: Math.round((performance.now() - begun) / 1000),
        answeredBy,
        requests,
        mostRequestsForOneCall: worst,
        wire: Object.fromEntries(NAMES.map((name) => [name, servers[name].ends()])),
      }),
    );
    expect(unfinished).toEqual([]);
    expect(wrong).toBe(0);
    const calls = WORKFLOWS * STEPS.length;
    expect(Object.values(answeredBy).reduce((sum, count) => sum + count)).toBe(calls);
    for (const name of NAMES) expect(answeredBy[name]).toBeGreaterThanOrEqual(calls * 0.15);
    expect(worst).toBeLessThanOrEqual(6);
    // What the servers saw is what the record says: nothing was sent that nobody told of.
    expect(wire.reduce((sum, count) => sum + count)).toBe(requests);
  });
});

type CallEvent = Extract<RunEvent, { type: 'call-failed' | 'call-answered' }>;

function outputOf(step: StepState | undefined): { readonly text?: string } {
  return step?.status === 'completed' ? (step.output as { readonly text?: string }) : {};
}

/** The requests of each call, in order. */
function callsIn(events: readonly RunEvent[]): readonly (readonly CallEvent[])[] {
  const calls = new Map<string, CallEvent[]>();
  for (const event of events) {
    if (event.type !== 'call-failed' && event.type !== 'call-answered') continue;
    const name = `${event.step} ${event.attempt} ${event.call}`;
    calls.set(name, [...(calls.get(name) ?? []), event]);
  }
  return [...calls.values()];
}
