import type { Simulation } from '../core/engine/simulation';
import type { Scenario } from './scenario';
import { talkingAgents, type TalkScript } from './talking-models';

/* Stories about agents that work together: handing work on, messages, shared values. */

const finding = (rule: string, severity: string, line: number) => ({
  rule,
  severity,
  message: `${rule} in the login`,
  file: 'src/login.ts',
  line,
});

const done = { text: 'Done.' };

const delegation: TalkScript = {
  tools: { orchestrator: ['delegate'] },
  findings: ['security', 'quality'],
  says: (agent, turn, told) => {
    if (agent === 'security')
      return {
        takes: 30,
        text: JSON.stringify({ findings: [finding('eval', 'medium', 3), finding('sql', 'high', 9)] }),
      };
    if (agent === 'quality')
      return { takes: 20, text: JSON.stringify({ findings: [finding('eval', 'high', 3)] }) };
    if (agent === 'writer') return { text: 'Two findings in the login, one of them twice.' };
    const many = { agents: ['security', 'quality'], task: 'Review the login.', pattern: 'parallel' };
    if (turn === 0) return { calls: [['delegate_many', many]] };
    const wasMerged = told.includes('Findings of all, merged: 2');
    if (turn === 1)
      return {
        calls: [
          ['delegate', { agent: 'writer', task: 'Say it in one sentence.', data: `merged: ${wasMerged}` }],
        ],
      };
    return { text: JSON.stringify({ findings: [finding('eval', 'high', 3), finding('sql', 'high', 9)] }) };
  },
};

const DELEGATION = `
name: delegation
steps:
  - key: lead
    agent: orchestrator
    prompt: "Have the login reviewed."
    output: { schema: { type: object, properties: { findings: { type: array } }, required: [findings] } }
  - { key: merge, action: aggregate, dependsOn: [lead] }
`;

const mailbox: TalkScript = {
  tools: {
    quality: ['broadcast', 'send_message', 'publish', 'ask_agent', 'read_messages'],
    security: ['subscribe', 'read_messages', 'answer_message'],
    backend: ['subscribe', 'read_messages'],
  },
  says: (agent, turn, told) => {
    const request = Number(/request (\d+) from/.exec(told)?.[1] ?? 1);
    const stories: Readonly<Record<string, readonly ReturnType<TalkScript['says']>[]>> = {
      // Tells everybody, tells one the less urgent thing first, and asks both: one answers, one is late.
      quality: [
        {
          takes: 20,
          calls: [
            ['broadcast', { text: 'I begin with the login.' }],
            ['send_message', { to: 'fix', text: 'Names are long.', priority: 'low' }],
            ['send_message', { to: 'fix', text: 'A key stands in a file.', priority: 'urgent' }],
            ['publish', { topic: 'findings', text: 'src/login.ts, line 9' }],
          ],
        },
        { calls: [['ask_agent', { to: 'watch', question: 'Is it exploitable?', timeoutSeconds: 30 }]] },
        { calls: [['ask_agent', { to: 'fix', question: 'Is it fixed?', timeoutSeconds: 1 }]] },
        { calls: [['ask_agent', { to: 'nobody', question: 'Is anybody there?' }]] },
        done,
      ],
      security: [
        { takes: 5, calls: [['subscribe', { topic: 'findings' }]] },
        { takes: 60, calls: [['read_messages', {}]] },
        { calls: [['answer_message', { id: request, text: 'Yes, by anybody.' }]] },
        done,
      ],
      backend: [
        { takes: 8, calls: [['subscribe', { topic: 'findings' }]] },
        { takes: 40, calls: [['read_messages', { limit: 2 }]] },
        { takes: 5_000, ...done },
      ],
    };
    return stories[agent]?.[turn] ?? done;
  },
};

const MAILBOX = `
name: mailbox
steps:
  - { key: review, agent: quality, prompt: "Review the login." }
  - { key: watch, agent: security, prompt: "Judge what others find." }
  - { key: fix, agent: backend, prompt: "Fix what others find." }
`;

const shared: TalkScript = {
  tools: {
    architect: ['share', 'read_shared', 'lock_shared', 'unlock_shared'],
    backend: ['share', 'read_shared', 'lock_shared', 'unlock_shared'],
  },
  says: (agent, turn) => {
    const stories: Readonly<Record<string, readonly ReturnType<TalkScript['says']>[]>> = {
      // Leaves with the lock in its hands.
      architect: [
        { calls: [['share', { key: 'plan', value: 'one service' }]] },
        { calls: [['lock_shared', { key: 'plan' }]] },
        { takes: 2_000, ...done },
      ],
      // Decided on a version that is gone by then, finds it locked, and waits.
      backend: [
        { takes: 20, calls: [['share', { key: 'plan', value: 'two services' }]] },
        { takes: 40, calls: [['share', { key: 'plan', value: 'two services', expectedVersion: 1 }]] },
        { calls: [['lock_shared', { key: 'plan', waitSeconds: 60 }]] },
        { calls: [['share', { key: 'plan', value: 'two services', expectedVersion: 1 }]] },
        { calls: [['unlock_shared', { key: 'plan' }]] },
        { calls: [['read_shared', { key: 'plan' }]] },
        done,
      ],
    };
    return stories[agent]?.[turn] ?? done;
  },
};

const SHARED = `
name: shared
steps:
  - { key: design, agent: architect, prompt: "Plan it." }
  - { key: build, agent: backend, prompt: "Build it." }
`;

const held: TalkScript = {
  tools: { orchestrator: ['delegate', 'run_command'], devops: ['run_command'], testing: ['run_command'] },
  says: (agent, turn, told) => {
    if (agent === 'devops')
      return turn === 0
        ? { calls: [['run_command', { command: 'deploy staging' }]] }
        : { text: 'It is deployed.' };
    if (agent === 'testing')
      return turn === 0
        ? { takes: 20, calls: [['run_command', { command: 'npm test' }]] }
        : { text: told.includes('refused') ? 'It is not tested.' : 'It is tested.' };
    const many = { agents: ['devops', 'testing'], task: 'Bring it out.', pattern: 'parallel' };
    return turn === 0
      ? { calls: [['delegate_many', many]] }
      : { text: told.includes('not tested') ? 'Half.' : 'All.' };
  },
};

/** Both agents that were asked wait for a person, who is asked once and allows one of the two. */
const decided: Scenario['play'] = async (simulation) => {
  await simulation.untilIdle();
  const { shown } = await simulation.gate('release');
  const refuse = (shown.calls ?? []).filter(({ agent }) => agent === 'testing').map(({ key }) => key);
  await simulation.decide('release', 'approve', { value: { refuse } });
  await simulation.untilIdle();
};

/** Wants the same done once more, as one does after a change. */
const again: TalkScript = {
  tools: { orchestrator: ['delegate', 'run_command'], testing: ['run_command'] },
  says: (agent, turn) => {
    if (agent === 'testing')
      return turn === 0 ? { calls: [['run_command', { command: 'npm test' }]] } : { text: 'It is tested.' };
    const test = { agent: 'testing', task: 'Run the tests.' };
    return turn < 2 ? { calls: [['delegate', test]] } : { text: 'Tested twice.' };
  },
};

/** A person is asked each time; the machine dies while the second question is open. */
const askedTwice: Scenario['play'] = async (simulation) => {
  await simulation.untilIdle();
  await simulation.decide('release', 'approve');
  await simulation.untilIdle();
  const next = await simulation.crash({ agents: talkingAgents(() => simulation.machine.host, again) });
  await next.engine.recover();
  await next.decide('release', 'approve');
  await next.untilIdle();
  return next;
};

const toTheEnd = async (simulation: Simulation) => {
  await simulation.untilIdle();
};

/** The machine dies after so many milliseconds, and a person lets the run go on. */
const across = (script: TalkScript, ms: number) => async (simulation: Simulation) => {
  await simulation.pass(ms);
  const next = await simulation.crash({ agents: talkingAgents(() => simulation.machine.host, script) });
  await next.engine.recover();
  await next.waited(next.engine.resume(next.runId, { by: 'ada' }));
  await next.untilIdle();
  return next;
};

export const talkScenarios: readonly Scenario[] = [
  {
    name: 'delegation-held',
    workflow: `
name: held
steps:
  - { key: release, agent: orchestrator, prompt: "Bring it out." }
`,
    talk: held,
    play: decided,
  },
  {
    name: 'delegation-again',
    workflow: `
name: again
steps:
  - { key: release, agent: orchestrator, prompt: "Test it before and after." }
`,
    talk: again,
    play: askedTwice,
  },
  { name: 'delegation', workflow: DELEGATION, talk: delegation, play: toTheEnd },
  { name: 'delegation-crash', workflow: DELEGATION, talk: delegation, play: across(delegation, 35) },
  { name: 'mailbox', workflow: MAILBOX, talk: mailbox, play: toTheEnd },
  { name: 'mailbox-crash', workflow: MAILBOX, talk: mailbox, play: across(mailbox, 50) },
  { name: 'shared-context', workflow: SHARED, talk: shared, play: toTheEnd },
  { name: 'shared-context-crash', workflow: SHARED, talk: shared, play: across(shared, 100) },
];
