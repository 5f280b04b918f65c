import { BatonError } from '../../src/core/model/errors';
import type { Scenario } from './scenario';

/* Stories about the graph: order, joins, conditions, failures, retries. */

const idle = async (simulation: Parameters<Scenario['play']>[0]): Promise<void> => {
  await simulation.untilIdle();
};

export const graphScenarios: readonly Scenario[] = [
  {
    name: 'chain',
    workflow: `
name: chain
inputs: { who: { type: string, default: world } }
env: { GREETING: hello }
steps:
  - { key: one, run: greet, idempotent: true }
  - { key: two, dependsOn: [one], agent: quality, action: lint-codebase, with: { said: "\${{ steps.one.output.said }}" } }
  - { key: three, dependsOn: [two], run: [write, "{{ inputs.who }}", "{{ steps.one.output.said }}"] }
`,
    commands: (command) => (command === 'greet' ? { stdout: '{"said":"hi"}' } : { stdout: 'written\n' }),
    play: idle,
  },
  {
    name: 'fan-join',
    workflow: `
name: fan-join
config: { parallelism: 2 }
steps:
  - { key: begin, run: begin }
  - { key: a, dependsOn: [begin], run: short }
  - { key: b, dependsOn: [begin], run: long }
  - { key: c, dependsOn: [begin], run: short }
  - { key: d, dependsOn: [begin], run: short }
  - { key: join, dependsOn: [a, b, c, d], run: join }
`,
    commands: (command) => ({ takes: command === 'long' ? 500 : 100 }),
    play: idle,
  },
  {
    name: 'diamond',
    workflow: `
name: diamond
steps:
  - { key: top, run: top }
  - { key: left, dependsOn: [top], run: slow }
  - { key: right, dependsOn: [top], run: quick }
  - { key: after-right, dependsOn: [right], run: quick }
  - { key: bottom, dependsOn: [left, after-right], run: quick }
`,
    commands: (command) => ({ takes: command === 'slow' ? 1_000 : 50 }),
    play: idle,
  },
  {
    name: 'conditions',
    workflow: `
name: conditions
inputs: { branch: { type: string, default: main } }
steps:
  - { key: count, run: count }
  - { key: never, dependsOn: [count], if: "\${{ inputs.branch == 'dev' }}", run: never }
  - { key: after-never, dependsOn: [never], run: [say, "{{ steps.never.output }}"] }
  - { key: fails, dependsOn: [count], if: "\${{ steps.count.output.files > 2 }}", run: fails }
  - { key: blocked, dependsOn: [fails], run: never }
  - { key: also-blocked, dependsOn: [blocked], if: "\${{ success() && inputs.branch == 'main' }}", run: never }
  - { key: notify, dependsOn: [also-blocked], if: "\${{ failure() }}", run: notify }
  - { key: cleanup, dependsOn: [fails], if: "\${{ always() }}", run: cleanup }
  - { key: unneeded, dependsOn: [count], if: "\${{ failure() }}", run: never }
`,
    commands: (command) =>
      command === 'count'
        ? { stdout: '{"files":3}' }
        : command === 'fails'
          ? { exitCode: 2, stderr: 'warning: old\nno disk\n' }
          : {},
    play: idle,
  },
  {
    name: 'failure',
    workflow: `
name: failure
steps:
  - { key: bad, run: bad }
  - { key: after-bad, dependsOn: [bad], run: never }
  - { key: good, run: slow }
  - { key: after-good, dependsOn: [good], run: quick }
`,
    commands: (command) =>
      command === 'bad' ? { exitCode: 1, stderr: 'broken' } : { takes: command === 'slow' ? 500 : 10 },
    play: idle,
  },
  {
    name: 'fail-fast',
    workflow: `
name: fail-fast
config: { failFast: true, parallelism: 3 }
steps:
  - { key: bad, run: bad }
  - { key: slow, run: slow }
  - { key: gated, run: quick, approval: true }
  - { key: later, dependsOn: [slow], run: never }
  - { key: free, run: never }
  - { key: cleanup, dependsOn: [bad, slow], if: "\${{ always() }}", run: cleanup }
`,
    commands: (command) =>
      command === 'bad' ? { takes: 100, exitCode: 1 } : { takes: command === 'slow' ? 5_000 : 10 },
    play: idle,
  },
  {
    name: 'tolerated',
    workflow: `
name: tolerated
steps:
  - { key: flaky, run: flaky, continueOnError: true, retry: { max: 1, delay: 1s } }
  - { key: after, dependsOn: [flaky], run: [use, "{{ steps.flaky.output.value }}"] }
`,
    commands: (command) => (command === 'flaky' ? { exitCode: 3 } : {}),
    play: idle,
  },
  {
    name: 'retry-backoff',
    workflow: `
name: retry-backoff
steps:
  - key: call
    agent: backend
    action: lint-codebase
    retry:
      - { on: [rate_limit], max: 2, delay: 20s, backoff: 2, maxDelay: 30s, jitter: false }
      - { on: [server_error], max: 1, delay: 2s, jitter: true }
  - { key: after, dependsOn: [call], run: quick }
`,
    agents: (_action, _step, attempt) => {
      if (attempt === 1 || attempt === 3) return { fails: new BatonError('rate-limit', 'slow down') };
      if (attempt === 2) return { fails: new BatonError('server-error', 'overloaded') };
      return {};
    },
    play: idle,
  },
  {
    name: 'timeout-idempotent',
    workflow: `
name: timeout-idempotent
steps:
  - { key: fetch, run: fetch, idempotent: true, timeout: 1s, retry: { max: 1, delay: 5s, jitter: false } }
`,
    commands: (_command, time) => ({ takes: time === 1 ? 60_000 : 100, ignoresTerm: true }),
    play: idle,
  },
  {
    name: 'timeout-uncertain',
    workflow: `
name: timeout-uncertain
steps:
  - { key: deploy, run: deploy, timeout: 1s, retry: { max: 3 } }
  - { key: other, run: other }
  - { key: after, dependsOn: [deploy, other], run: quick }
`,
    commands: (command) => ({ takes: command === 'deploy' ? 60_000 : 3_000 }),
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('deploy', 'approve', { value: { deployed: true } });
      await simulation.untilIdle();
    },
  },
  {
    name: 'killed-named',
    workflow: `
name: killed-named
steps:
  - { key: job, run: job, retry: { on: [killed], max: 1, delay: 1s, jitter: false } }
`,
    commands: (_command, time) => (time === 1 ? { killedBy: 'SIGKILL' } : {}),
    play: idle,
  },
  {
    name: 'run-timeout',
    workflow: `
name: run-timeout
config: { timeout: 10s }
steps:
  - { key: gated, run: quick, approval: true }
  - { key: slow, dependsOn: [gated], run: slow }
  - { key: after, dependsOn: [slow], run: quick }
`,
    commands: (command) => ({ takes: command === 'slow' ? 60_000 : 1_000 }),
    play: async (simulation) => {
      await simulation.untilIdle();
      // An hour of thinking counts against no timeout.
      await simulation.pass(3_600_000);
      await simulation.decide('gated', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'output-schema',
    workflow: `
name: output-schema
steps:
  - key: list
    run: list
    output: { schema: { type: object, required: [files], properties: { files: { type: array, items: { type: string } } } } }
`,
    commands: () => ({ stdout: '{"files":["a",7]}' }),
    play: idle,
  },
];
