import type { Approval } from '../../src/core/model/approval';
import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import { foldAll, type RunState } from '../../src/core/model/run-state';
import type { InputDeclaration, Step, WorkflowDefinition } from '../../src/core/model/workflow';
import type { ApprovalItem, RunSnapshot } from '../../webview/protocol';

/** 14:02 local time on a day in November. */
export const START = new Date(2026, 10, 21, 14, 2).getTime();
const HASH = '3f'.repeat(32);

export function step(key: string, dependsOn: readonly string[] = [], more: Partial<Step> = {}): Step {
  return {
    key,
    title: key,
    with: {},
    dependsOn,
    continueOnError: false,
    onError: 'fail',
    retry: [],
    ...more,
  };
}

export function workflow(steps: readonly Step[], more: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return {
    name: 'comprehensive-code-review',
    tags: [],
    inputs: {},
    config: { parallelism: 5, failFast: false, checkpoint: 'level' },
    env: {},
    steps,
    ...more,
  };
}

/** Levels, edges and order as the plan has them. */
export function planOf(definition: WorkflowDefinition): RunSnapshot['plan'] {
  const level = new Map<string, number>();
  for (const each of definition.steps)
    level.set(each.key, Math.max(-1, ...each.dependsOn.map((key) => level.get(key) ?? 0)) + 1);
  const levels: string[][] = [];
  for (const [key, index] of level) (levels[index] ??= []).push(key);
  return {
    levels,
    edges: definition.steps.flatMap((each) => each.dependsOn.map((from) => ({ from, to: each.key }))),
    order: levels.flat(),
  };
}

/** Events with their numbers and times: each body one second after the one before, unless it says when. */
export function eventsOf(
  bodies: readonly (RunEventBody & { readonly after?: number })[],
  options: { readonly rehearsal?: boolean; readonly from?: number; readonly runId?: string } = {},
): RunEvent[] {
  let at = START;
  return bodies.map((body, index) => {
    const { after = 1_000, ...rest } = body;
    at += after;
    return {
      ...rest,
      runId: options.runId ?? 'run-1',
      seq: (options.from ?? 1) + index,
      at,
      ...(options.rehearsal === true && { rehearsal: true as const }),
    };
  });
}

export function started(definition: WorkflowDefinition): RunEventBody & { after: number } {
  return {
    type: 'run-started',
    after: 0,
    definition,
    definitionHash: HASH,
    source: {
      path: '.baton/workflows/comprehensive-code-review.yaml',
      lines: Object.fromEntries(definition.steps.map((each, index) => [each.key, 12 + index * 9])),
    },
    inputs: { path: 'src', severity: 'medium' },
    mode: 'interactive',
    by: 'ann',
    notes: [],
  };
}

export function begins(key: string, attempt = 1, agent = 'quality'): RunEventBody {
  return {
    type: 'step-started',
    step: key,
    attempt,
    assignment: { agent, engine: 'local', why: 'named in the file' },
    idempotent: true,
  };
}

export function completes(key: string, summary: string, durationMs = 1_240): RunEventBody {
  return {
    type: 'step-completed',
    step: key,
    attempt: 1,
    how: 'work',
    output: { findings: [{ rule: 'no-eval', path: 'src/server.js', line: 14, severity: 'high' }], files: 42 },
    summary,
    artifacts: [artifact(`${key}.md`)],
    usage: { durationMs },
  };
}

function artifact(path: string) {
  return { hash: HASH, path, mediaType: 'text/markdown', size: 4_210 };
}

export function approvalOf(key: string, more: Partial<Approval> = {}): Approval {
  return {
    id: `${key}-gate`,
    kind: 'gate',
    step: key,
    attempt: 1,
    title: key,
    summary: '3 findings, 1 high',
    shown: {
      output: { findings: 3, high: 1, rules: ['hard-coded-secret', 'eval'] },
      artifacts: [artifact('reports/security.md')],
    },
    shownHash: HASH,
    allow: ['approve', 'modify', 'retry', 'skip', 'cancel'],
    next: ['Architecture review', 'Performance'],
    requestedAt: START + 5_000,
    onExpire: 'pause',
    ...more,
  };
}

export function asks(approval: Approval): RunEventBody {
  return { type: 'approval-requested', step: approval.step, attempt: approval.attempt, approval };
}

export function produces(key: string): RunEventBody {
  return {
    type: 'step-produced',
    step: key,
    attempt: 1,
    output: { findings: 3 },
    summary: '3 findings, 1 high',
    artifacts: [artifact('reports/security.md')],
    usage: { durationMs: 900 },
  };
}

export function fails(key: string, message: string): RunEventBody {
  return {
    type: 'step-failed',
    step: key,
    attempt: 1,
    error: { code: 'exit-code', message, class: 'error' },
    artifacts: [],
    usage: { durationMs: 2_300 },
  };
}

export function snapshotOf(state: RunState, more: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    state,
    plan: planOf(state.definition),
    progress: { percentage: 55, elapsedMs: 74_000, remainingMs: 40_000 },
    live: {},
    interrupted: false,
    now: START + 134_000,
    ...more,
  };
}

export function stateOf(
  bodies: readonly (RunEventBody & { readonly after?: number })[],
  options: { readonly rehearsal?: boolean } = {},
): RunState {
  const state = foldAll(eventsOf(bodies, options));
  if (state === undefined) throw new Error('no events');
  return state;
}

const REVIEW = workflow(
  [
    step('lint', [], { title: 'Lint', agent: 'quality', action: 'lint-codebase' }),
    step('security', [], { title: 'Security scan', agent: 'security', action: 'scan-vulnerabilities' }),
    step('dependencies', [], { title: 'Dependencies', agent: 'security', action: 'analyze-dependencies' }),
    step('architecture', ['lint', 'dependencies'], {
      title: 'Architecture review',
      agent: 'architecture',
      description: 'Looks for cycles, hubs and layers that know too much of each other.',
    }),
    step('performance', ['lint'], { title: 'Performance', agent: 'performance' }),
    step('threats', ['security'], { title: 'Threat model', agent: 'security' }),
    step('licences', ['dependencies'], {
      title: 'Licences',
      agent: 'security',
      condition: "inputs.severity == 'high'",
    }),
    step('deploy', ['dependencies'], { title: 'Deploy to staging', run: 'npm run deploy -- --env staging' }),
    step('report', ['architecture', 'performance', 'threats', 'licences', 'deploy'], {
      title: 'Write the report',
      agent: 'product',
      action: 'create-review-report',
    }),
  ],
  { description: 'Looks at a code base from five sides and writes one report.' },
);

/** Two gates (one of them before a command), a failed, a running, a skipped and a pending step. */
export function filledRun(): RunSnapshot {
  const state = stateOf([
    started(REVIEW),
    begins('lint'),
    begins('security', 1, 'security'),
    begins('dependencies', 1, 'security'),
    completes('lint', '12 findings in 42 files, none high'),
    produces('security'),
    asks(approvalOf('security', { title: 'Security scan' })),
    completes('dependencies', '2 dependencies without a pinned version'),
    {
      type: 'step-skipped',
      step: 'licences',
      attempt: 0,
      reason: 'condition',
      because: "inputs.severity == 'high' was false",
      output: null,
    },
    asks(
      approvalOf('deploy', {
        kind: 'before',
        title: 'Deploy to staging',
        summary: 'Runs one command in the workspace.',
        shown: {
          command: 'npm run deploy -- --env staging\u202e --tag "v1.4.2"\nexit 0',
          with: { region: 'eu-1' },
          artifacts: [],
        },
        allow: ['approve', 'modify', 'skip', 'cancel'],
        next: ['Write the report'],
        expiresAt: START + 134_000 + 290_000,
      }),
    ),
    begins('performance', 1, 'performance'),
    begins('architecture', 1, 'architecture'),
    fails('architecture', 'Two modules import each other: src/orders.js and src/users.js\nat level 2'),
  ]);
  return snapshotOf(state, {
    live: { performance: 'src/server.js\nsrc/orders.js: synchronous read in a request handler\n' },
    changedFiles: { 'security-gate': ['src/server.js', 'package.json'] },
  });
}

export function runningRun(): RunSnapshot {
  return snapshotOf(
    stateOf([
      started(REVIEW),
      begins('lint'),
      begins('security', 1, 'security'),
      begins('dependencies', 1, 'security'),
      completes('lint', '12 findings in 42 files, none high'),
      begins('performance', 1, 'performance'),
    ]),
    { now: START + 14_000 },
  );
}

export function endedRun(): RunSnapshot {
  const small = workflow([
    step('lint', [], { title: 'Lint', agent: 'quality' }),
    step('security', [], { title: 'Security scan', agent: 'security' }),
    step('report', ['lint', 'security'], { title: 'Write the report', agent: 'product' }),
  ]);
  return snapshotOf(
    stateOf([
      started(small),
      begins('lint'),
      begins('security', 1, 'security'),
      completes('lint', '12 findings in 42 files'),
      completes('security', '3 findings, 1 high'),
      begins('report', 1, 'product'),
      completes('report', 'Report with 7 findings', 210),
      { type: 'run-completed', tolerated: [] },
    ]),
    {
      progress: { percentage: 100, elapsedMs: 3_412 },
      report: { hash: HASH, path: 'reports/review.md', summary: '7 findings' },
    },
  );
}

export function rehearsedRun(): RunSnapshot {
  const bodies = [
    started(REVIEW),
    begins('lint'),
    { ...completes('lint', 'Rehearsed'), how: 'rehearsal' } as RunEventBody,
    begins('security'),
  ];
  return snapshotOf(stateOf(bodies, { rehearsal: true }));
}

export function interruptedRun(): RunSnapshot {
  return { ...runningRun(), interrupted: true };
}

export function longNamesRun(): RunSnapshot {
  const long = workflow(
    [
      step('a', [], {
        title: 'Collect every dependency of every package of the monorepo, including optional peers',
        agent: 'infrastructure-and-platform-engineering',
      }),
      step('b', ['a'], {
        title: 'ReallyLongUnbrokenIdentifierWithoutAnySpacesThatNeverEnds',
        agent: 'backend',
      }),
      step('c', ['a'], {
        title: '依存関係を分析してレポートを作成するための長い名前のステップ',
        agent: 'data',
      }),
      step('d', ['b', 'c'], { title: 'Done', run: 'true' }),
    ],
    { name: 'quarterly-security-and-compliance-review-of-the-payment-platform-with-evidence' },
  );
  return snapshotOf(stateOf([started(long), begins('a'), completes('a', 'Done'), begins('b'), begins('c')]));
}

/** `width` steps on each level, each depending on two of the level before; half done, some of every state. */
export function largeRun(count: number, width: number): RunSnapshot {
  const steps: Step[] = [];
  for (let index = 0; index < count; index += 1) {
    const level = Math.floor(index / width);
    const before = (offset: number) => `step-${(level - 1) * width + ((index + offset) % width)}`;
    steps.push(
      step(`step-${index}`, level === 0 ? [] : [...new Set([before(0), before(3)])], {
        title: `Check module ${index}`,
        agent: 'quality',
      }),
    );
  }
  const done = Math.floor(count / width / 2) * width;
  const bodies: RunEventBody[] = [started(workflow(steps, { name: `large-${count}` }))];
  for (let index = 0; index < done; index += 1)
    bodies.push(begins(`step-${index}`), completes(`step-${index}`, 'Nothing found'));
  bodies.push(begins(`step-${done}`), begins(`step-${done + 1}`), begins(`step-${done + 2}`));
  bodies.push(fails(`step-${done + 1}`, 'Cannot read the module'));
  bodies.push(produces(`step-${done + 2}`), asks(approvalOf(`step-${done + 2}`)));
  return snapshotOf(stateOf(bodies));
}

export function approvalItems(): readonly ApprovalItem[] {
  const of = { runId: 'run-1', workflow: 'quality-review', runStartedAt: START, rehearsal: false };
  return [
    {
      ...of,
      approval: approvalOf('security', { title: 'Security scan' }),
      changedFiles: ['src/server.js', 'package.json'],
    },
    {
      ...of,
      approval: approvalOf('deploy', {
        kind: 'before',
        title: 'Deploy to staging',
        summary: 'Runs one command in the workspace.',
        shown: { command: ['npm', 'run', 'deploy', '--', '--message', 'two words'], artifacts: [] },
        allow: ['approve', 'modify', 'skip', 'cancel'],
        next: ['Write the report'],
        expiresAt: START + 134_000 + 290_000,
      }),
    },
    {
      ...of,
      runId: 'run-2',
      workflow: 'deploy-microservice',
      rehearsal: true,
      approval: approvalOf('migrate', {
        kind: 'uncertain',
        title: 'Migrate the database',
        summary: 'The window closed while this ran; nobody recorded how it ended.',
        shown: { command: 'npm run migrate', artifacts: [] },
        next: [],
      }),
    },
    {
      ...of,
      approval: approvalOf('tests', {
        kind: 'error',
        title: 'Unit tests',
        summary: 'npm test ended with exit code 1.',
        shown: { error: '2 of 214 tests failed\n  orders › rounds up\n  users › trims names', artifacts: [] },
        allow: ['modify', 'retry', 'skip', 'cancel'],
        next: ['Write the report'],
      }),
    },
  ];
}

export function formInputs(): Readonly<Record<string, InputDeclaration>> {
  return {
    service: { type: 'string', required: true, description: 'Name of the service to deploy.' },
    replicas: { type: 'number', required: true, default: 3 },
    environment: { type: 'choice', required: true, options: ['staging', 'production'] },
    labels: { type: 'json', required: true, description: 'Put on every pod, as JSON.' },
    dryRun: { type: 'boolean', required: false, default: true },
    note: { type: 'string', required: false },
  };
}
