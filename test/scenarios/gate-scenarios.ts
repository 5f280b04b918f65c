import type { Scenario } from './scenario';

/* Stories about people: gates, decisions, modes, pauses, cancellation. */

const GATED = (approval: string, rest = '') => `
name: gated
steps:
  - key: make
    run: make
    approval: ${approval}
${rest}  - { key: use, dependsOn: [make], run: [use, "{{ steps.make.output }}"] }
`;

const made: Scenario['commands'] = (command, time) =>
  command === 'make' ? { stdout: `{"version":${time}}` } : {};

export const gateScenarios: readonly Scenario[] = [
  ...(['approve', 'skip', 'cancel'] as const).map((action): Scenario => ({
    name: `after-${action}`,
    workflow: GATED('{ message: "Is {{ steps.make.output.version }} good?" }'),
    commands: made,
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', action, action === 'skip' ? { value: { version: 0 } } : {});
      await simulation.untilIdle();
    },
  })),
  {
    name: 'after-modify',
    workflow: `
name: after-modify
steps:
  - key: make
    run: make
    approval: true
    output: { schema: { type: object, properties: { version: { type: number } } } }
  - { key: use, dependsOn: [make], run: [use, "{{ steps.make.output.version }}"] }
`,
    commands: made,
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', 'modify', { value: { version: 'two' } });
      await simulation.decide('make', 'modify', { value: { version: 2 }, comment: 'two is better' });
      await simulation.untilIdle();
    },
  },
  {
    name: 'after-retry',
    workflow: GATED('true'),
    commands: made,
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', 'retry', { comment: 'once more, please' });
      await simulation.untilIdle();
      await simulation.decide('make', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'before-approve',
    workflow: GATED('{ when: before }'),
    commands: made,
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', 'retry');
      await simulation.decide('make', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'before-modify',
    workflow: GATED('{ when: before }'),
    commands: (command) => (command === 'make better' ? { stdout: '{"version":9}' } : {}),
    play: async (simulation) => {
      await simulation.untilIdle();
      const first = await simulation.gate('make');
      await simulation.decide('make', 'modify', { value: 'make better' });
      // What was shown before the change decides nothing any more.
      await simulation.decide('make', 'approve', { shownHash: first.shownHash });
      await simulation.decide('make', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'before-skip',
    workflow: GATED('{ when: before }'),
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', 'skip');
      await simulation.untilIdle();
    },
  },
  {
    name: 'before-prompt',
    workflow: `
name: before-prompt
inputs: { depth: { type: number, default: 3 } }
steps:
  - key: scan
    agent: security
    action: scan-vulnerabilities
    prompt: "Look {{ inputs.depth }} levels deep."
    with: { depth: "\${{ inputs.depth }}" }
    approval: { when: before, message: "Shall I?" }
`,
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('scan', 'modify', { value: { with: { depth: 1 } } });
      await simulation.decide('scan', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'approvers',
    workflow: GATED('{ approvers: [grace] }'),
    commands: made,
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', 'approve', { by: 'ada' });
      await simulation.decide('make', 'approve', { by: 'grace' });
      await simulation.untilIdle();
    },
  },
  ...(['skip', 'cancel', 'approve'] as const).map((onExpire): Scenario => ({
    name: `expire-${onExpire}`,
    workflow: GATED(`{ expires: 1h, onExpire: ${onExpire} }`),
    commands: made,
    // Without that choice of the person it would not hold; with it the gate answers itself before any clock does.
    mode: 'interactive',
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.pass(3_600_001);
      await simulation.untilIdle();
      if (onExpire === 'approve') {
        await simulation.decide('make', 'approve');
        await simulation.untilIdle();
      }
    },
  })),
  {
    name: 'expire-pause',
    workflow: GATED('{ expires: 1h, onExpire: pause }', '  - { key: other, run: slow }\n'),
    commands: (command, time) => (command === 'slow' ? { takes: 10_000_000 } : made(command, time)),
    play: async (simulation) => {
      await simulation.pass(3_700_000);
      await simulation.decide('make', 'approve');
      await simulation.untilIdle(20_000_000);
    },
  },
  {
    name: 'several-gates',
    workflow: `
name: several-gates
config: { parallelism: 1 }
steps:
  - { key: a, run: quick, approval: true }
  - { key: b, run: quick, approval: true }
  - { key: c, run: slow }
  - { key: end, dependsOn: [a, b, c], run: quick }
`,
    commands: (command) => ({ takes: command === 'slow' ? 1_000 : 10 }),
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('b', 'approve');
      await simulation.decide('a', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'batch',
    workflow: `
name: batch
steps:
  - { key: a, run: quick, approval: true }
  - { key: b, run: slow, approval: true }
  - { key: c, run: quick, approval: { when: before } }
  - { key: end, dependsOn: [a, b, c], run: quick }
`,
    commands: (command) => ({ takes: command === 'slow' ? 1_000 : 10 }),
    mode: 'batch',
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('b', 'approve');
      await simulation.decide('a', 'approve');
      await simulation.decide('c', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'auto',
    workflow: `
name: auto
steps:
  - { key: a, run: quick, approval: true }
  - { key: b, dependsOn: [a], run: slow, timeout: 1s }
  - { key: c, dependsOn: [a], run: quick, approval: { when: before } }
  - { key: d, dependsOn: [a], run: quick, approval: { approvers: [grace] } }
`,
    commands: (command) => ({ takes: command === 'slow' ? 60_000 : 10 }),
    mode: 'auto',
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('d', 'approve', { by: 'grace' });
      await simulation.untilIdle();
      await simulation.decide('b', 'skip');
      await simulation.untilIdle();
    },
  },
  {
    name: 'file-tightens',
    workflow: `
name: file-tightens
config: { approvals: interactive }
steps:
  - { key: a, run: quick, approval: true }
`,
    mode: 'auto',
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('a', 'approve');
      await simulation.untilIdle();
    },
  },
  {
    name: 'on-error-ask',
    workflow: `
name: on-error-ask
steps:
  - { key: bad, run: bad, onError: ask, retry: { max: 1, delay: 1s, jitter: false } }
  - { key: worse, run: worse, onError: ask }
  - { key: use, dependsOn: [bad, worse], run: [use, "{{ steps.bad.output.value }}"] }
`,
    commands: (command) => (command === 'use 5' ? {} : { exitCode: 1, stderr: `${command} is broken` }),
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('bad', 'retry', { comment: 'try again' });
      await simulation.untilIdle();
      await simulation.decide('bad', 'modify', { value: { value: 5 } });
      await simulation.decide('worse', 'skip');
      await simulation.untilIdle();
    },
  },
  {
    name: 'pause-resume',
    workflow: `
name: pause-resume
steps:
  - { key: a, run: slow }
  - { key: b, dependsOn: [a], run: quick, approval: true }
  - { key: c, dependsOn: [b], run: quick }
`,
    commands: (command) => ({ takes: command === 'slow' ? 1_000 : 10 }),
    play: async (simulation) => {
      await simulation.pass(500);
      await simulation.waited(simulation.engine.pause(simulation.runId, 'ada'));
      await simulation.untilIdle();
      await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
      await simulation.untilIdle();
      await simulation.waited(simulation.engine.pause(simulation.runId, 'ada'));
      // A person who paused also resumes; the answer is kept until then.
      await simulation.decide('b', 'approve');
      await simulation.untilIdle();
      await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
      await simulation.untilIdle();
    },
  },
  {
    name: 'cancel',
    workflow: `
name: cancel
steps:
  - { key: done, run: quick }
  - { key: gated, run: quick, approval: true }
  - { key: stubborn, run: stubborn }
  - { key: later, dependsOn: [stubborn], run: quick }
`,
    commands: (command) => (command === 'stubborn' ? { takes: 60_000, ignoresTerm: true } : {}),
    play: async (simulation) => {
      await simulation.pass(100);
      await simulation.waited(simulation.engine.cancel(simulation.runId, 'ada'));
    },
  },
  {
    name: 'crash-uncertain',
    workflow: `
name: crash-uncertain
steps:
  - { key: a, run: quick }
  - { key: reads, dependsOn: [a], run: reads, idempotent: true }
  - { key: pays, dependsOn: [a], run: pays }
  - { key: end, dependsOn: [reads, pays], run: quick }
`,
    commands: (command) => ({ takes: command === 'quick' ? 10 : 1_000 }),
    play: async (simulation) => {
      await simulation.pass(500);
      const next = await simulation.crash({ commands: () => ({}) });
      await next.engine.recover();
      await next.waited(next.engine.resume(next.runId, { by: 'ada' }));
      await next.untilIdle();
      await next.decide('pays', 'approve', { value: { paid: true } });
      await next.untilIdle();
      return next;
    },
  },
  {
    name: 'rehearsal',
    workflow: `
name: rehearsal
inputs: { branch: { type: string, required: true } }
steps:
  - { key: find, run: find }
  - { key: think, dependsOn: [find], agent: backend, prompt: "Branch {{ inputs.branch }}: {{ steps.find.output.files }} of {{ steps.find.output }}", approval: true }
  - { key: maybe, dependsOn: [think], if: "\${{ steps.find.output.count > 3 }}", run: [go, "{{ steps.think.output.answer }}"], approval: { when: before } }
  - { key: no, dependsOn: [find], if: "\${{ failure() }}", run: never }
`,
    rehearsal: true,
    mode: 'auto',
    play: async (simulation) => {
      await simulation.untilIdle();
    },
  },
  {
    name: 'rehearsal-ask',
    workflow: GATED('true'),
    rehearsal: true,
    mode: 'interactive',
    play: async (simulation) => {
      await simulation.untilIdle();
      await simulation.decide('make', 'approve');
      await simulation.untilIdle();
    },
  },
];
