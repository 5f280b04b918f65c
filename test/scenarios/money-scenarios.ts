import type { StepScript } from '../core/engine/scripted-models';
import { GEMINI } from '../core/engine/scripted-models';
import type { Scenario } from './scenario';

/* Stories about models and money. Each call may cost 10 cents and costs 4, unless it says otherwise. */

const TWO_CALLS: StepScript = { calls: [{}, {}] };

const CAPPED = (budget: string, optional = '') => `
name: capped
config: { budget: ${budget} }
steps:
  - { key: draft, prompt: "Write a draft." }
  - { key: polish, prompt: "Polish it.", dependsOn: [draft]${optional} }
  - { key: print, run: print, dependsOn: [polish] }
`;

const capped = (name: string, budget: string, play: Scenario['play'], optional = ''): Scenario => ({
  name,
  workflow: CAPPED(budget, optional),
  models: () => TWO_CALLS,
  play,
});

export const moneyScenarios: readonly Scenario[] = [
  {
    name: 'model-fallback',
    workflow: `
name: fallback
steps:
  - { key: ask, prompt: "What is it?" }
`,
    models: () => ({
      calls: [
        { requests: [{ fault: 'overloaded' }, { model: GEMINI }], text: 'It is this.' },
        { requests: [{ model: GEMINI }], text: 'And that.' },
      ],
    }),
    play: async (simulation) => {
      await simulation.untilIdle();
    },
  },
  {
    name: 'model-cached',
    workflow: `
name: cached
config: { responseCache: true, budget: { usd: 0.01 } }
steps:
  - { key: ask, prompt: "What is it?" }
`,
    models: () => ({ calls: [{ cached: true, text: 'As before.' }] }),
    play: async (simulation) => {
      await simulation.untilIdle();
    },
  },
  capped('budget-raised', '{ usd: 0.12 }', async (simulation) => {
    await simulation.untilIdle();
    await simulation.decide('draft', 'approve');
    await simulation.untilIdle();
  }),
  capped('budget-set', '{ tokens: 600 }', async (simulation) => {
    await simulation.untilIdle();
    await simulation.decide('draft', 'modify', { value: 150 });
    await simulation.decide('draft', 'modify', { value: 100_000 });
    await simulation.untilIdle();
  }),
  capped(
    'budget-skipped',
    '{ usd: 0.2 }',
    async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('polish', 'skip');
      await simulation.untilIdle();
    },
    ', continueOnError: true',
  ),
  capped('budget-required', '{ usd: 0.12 }', async (simulation) => {
    await simulation.untilIdle();
    // Nothing is optional here: the question stands again, without that answer.
    await simulation.decide('draft', 'skip');
    await simulation.decide('draft', 'modify', { value: 1 });
    await simulation.untilIdle();
  }),
  capped('budget-cancelled', '{ usd: 0.12 }', async (simulation) => {
    await simulation.untilIdle();
    await simulation.decide('draft', 'cancel');
    await simulation.untilIdle();
  }),
  capped('budget-stop', '{ usd: 0.12, onExceed: stop }', async (simulation) => {
    await simulation.untilIdle();
  }),
  {
    name: 'budget-parallel',
    workflow: `
name: parallel
config: { parallelism: 20, budget: { usd: 0.5 } }
steps:
${Array.from({ length: 20 }, (_, index) => `  - { key: part-${index + 1}, prompt: "Part ${index + 1}." }`).join('\n')}
`,
    models: () => ({
      calls: [
        {
          requests: [
            { usage: { inputTokens: 100, outputTokens: 400, usd: 0.1, estimated: false }, takes: 200 },
          ],
        },
      ],
    }),
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide(undefined, 'modify', { value: 2 });
      await simulation.untilIdle();
    },
  },
  {
    name: 'budget-price',
    workflow: CAPPED('{ usd: 1 }'),
    models: () => ({
      calls: [
        {
          requests: [
            {
              worst: { inputTokens: 100, outputTokens: 400 },
              usage: { inputTokens: 100, outputTokens: 100, estimated: false },
            },
          ],
        },
      ],
    }),
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('draft', 'approve');
      await simulation.untilIdle();
    },
  },
];
