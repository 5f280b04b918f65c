import { createTwoFilesPatch } from 'diff';
import type { JsonObject } from '../../src/core/base/json';
import type { Approval } from '../../src/core/model/approval';
import type { RunEventBody } from '../../src/core/model/events';
import type { Message } from '../../src/core/model/message';
import type { AskedCall, FileChange } from '../../src/core/model/tool-call';
import type { ApprovalItem, FileDiff, RunSnapshot } from '../../webview/protocol';
import {
  approvalOf,
  asks,
  completes,
  produces,
  snapshotOf,
  START,
  started,
  stateOf,
  step,
  workflow,
} from './samples';
import { thinks } from './model-samples';

type Body = RunEventBody & { readonly after?: number };

/** What a hostile repository or page puts into every text it can reach. */
const HOSTILE = [
  '\u001b[2J\u001b[31mred\u001b[0m',
  '![pixel](https://evil.example/pixel.png)',
  '\u202egnp.exe\u202c',
  '<script>document.body.dataset.owned = "1"</script><img src=x onerror="document.body.dataset.owned=1">',
].join(' ');

const hash = (sign: string) => sign.repeat(64);
const KEYS = { edit: hash('a'), patch: hash('b'), command: hash('c'), fetch: hash('d'), mcp: hash('e') };

function ref(path: string, sign: string) {
  return { hash: hash(sign), path, mediaType: 'text/plain', size: 1_204 };
}

export function patchOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(before === '' ? '/dev/null' : path, path, before, after);
}

const SERVER_BEFORE = Array.from({ length: 60 }, (_none, index) =>
  index === 30 ? '  return eval(request.query.formula);' : `  const line${index} = ${index};`,
).join('\n');
const SERVER_AFTER = SERVER_BEFORE.replace(
  '  return eval(request.query.formula);',
  '  const formula = parseFormula(request.query.formula);\n  return calculate(formula);',
);

export function shownFile(path: string, before: string, after: string): JsonObject {
  return {
    path,
    resolved: `/home/ann/shop/${path}`,
    kind: before === '' ? 'create' : after === '' ? 'delete' : 'edit',
    diff: patchOf(path, before, after),
  };
}

export function editCall(more: Partial<AskedCall> = {}): AskedCall {
  return {
    key: KEYS.edit,
    agent: 'quality',
    tool: 'edit_file',
    rule: 'outside-writes',
    why: 'src/server.js is not among the files that the step writes',
    shown: { changes: [shownFile('src/server.js', SERVER_BEFORE, SERVER_AFTER)] },
    effects: [{ type: 'write', path: '/home/ann/shop/src/server.js', relative: 'src/server.js' }],
    hash: hash('1'),
    forRun: {
      says: 'edit_file for files in src/, for the rest of the run.',
      allowances: [{ type: 'path', tool: 'edit_file', glob: 'src/*' }],
    },
    ...more,
  };
}

export function patchCall(): AskedCall {
  const paths = ['src/formula.js', 'package.json', '.vscode/settings.json'];
  return {
    key: KEYS.patch,
    agent: 'quality',
    tool: 'apply_patch',
    rule: 'protected-file',
    why: '.vscode/settings.json can run code or change what agents may do',
    shown: {
      changes: [
        shownFile('src/formula.js', '', 'export function parseFormula(text) {\n  return text.trim();\n}\n'),
        shownFile(
          'package.json',
          '{\n  "name": "shop"\n}\n',
          '{\n  "name": "shop",\n  "type": "module"\n}\n',
        ),
        shownFile('.vscode/settings.json', '{}\n', '{\n  "task.allowAutomaticTasks": "on"\n}\n'),
      ],
    },
    effects: paths.map((path) => ({ type: 'write', path: `/home/ann/shop/${path}`, relative: path })),
    hash: hash('2'),
    files: paths,
  };
}

export function commandCall(
  command: string | readonly string[] = ['npm', 'test', '--', '--grep', 'two words'],
): AskedCall {
  const length = typeof command === 'string' ? command.length : command.join(' ').length;
  return {
    key: KEYS.command,
    agent: 'writer',
    tool: 'run_command',
    rule: 'shell',
    why: 'No rule of yours allows this command',
    shown: {
      command,
      shell: typeof command === 'string',
      characters: length,
      folder: '/home/ann/shop',
      timeoutSeconds: 600,
      environment: { CI: 'true' },
      files: [],
    },
    effects: [{ type: 'shell', command, cwd: '/home/ann/shop' }],
    hash: hash('3'),
    forRun: {
      says: 'the command npm test -- --grep two words, for the rest of the run.',
      allowances: [{ type: 'exact', rule: 'shell', hash: hash('3') }],
    },
  };
}

function fetchCall(): AskedCall {
  const url = 'https://docs.example.com/very/long/path?query=formula&page=2';
  return {
    key: KEYS.fetch,
    agent: 'researcher',
    tool: 'fetch_page',
    rule: 'fetch',
    why: 'You have not allowed docs.example.com',
    shown: { method: 'GET', url },
    effects: [{ type: 'network', purpose: 'fetch', method: 'GET', url }],
    hash: hash('4'),
  };
}

export function policyGate(calls: readonly AskedCall[], more: Partial<Approval> = {}): Approval {
  return approvalOf('fix', {
    id: 'fix-policy',
    kind: 'policy',
    title: 'Fix the findings',
    summary: 'quality wants to change a file.',
    message: 'Look at exactly what would be done.',
    shown: { artifacts: [], calls },
    allow: ['approve', 'retry', 'skip', 'cancel'],
    next: ['Unit tests'],
    ...more,
  });
}

export function uncertainGate(call: AskedCall = commandCall('npm publish --tag next')): Approval {
  return policyGate([call], {
    id: 'fix-uncertain',
    kind: 'uncertain',
    summary: 'run_command had begun when the window closed.',
    shown: { artifacts: [], calls: [call], error: 'run_command had begun when the window closed.' },
    allow: ['approve', 'modify', 'retry', 'skip', 'cancel'],
  });
}

export const CHANGES: readonly FileChange[] = [
  { path: 'src/server.js', before: ref('src/server.js', '5'), after: ref('src/server.js', '6') },
  { path: 'src/formula.js', after: ref('src/formula.js', '7') },
  { path: 'docs/old-notes.md', before: ref('docs/old-notes.md', '8') },
];

export const DIFFS: readonly FileDiff[] = [
  {
    path: 'src/server.js',
    before: hash('5'),
    after: hash('6'),
    added: 2,
    removed: 1,
    text: patchOf('src/server.js', SERVER_BEFORE, SERVER_AFTER),
  },
  {
    path: 'src/formula.js',
    after: hash('7'),
    added: 3,
    removed: 0,
    text: patchOf('src/formula.js', '', 'export function parseFormula(text) {\n  return text.trim();\n}\n'),
  },
  { path: 'docs/old-notes.md', before: hash('8'), problem: 'Not text: 1204 bytes became 0 bytes.' },
];

function gateWithChanges(): Approval {
  return approvalOf('fix', {
    title: 'Fix the findings',
    summary: '3 findings fixed',
    shown: { output: { fixed: 3 }, artifacts: [], changes: CHANGES },
  });
}

const FIX = workflow(
  [
    step('look', [], { title: 'Look for faults', agent: 'security' }),
    step('fix', ['look'], { title: 'Fix the findings', agent: 'quality' }),
    step('tests', ['fix'], { title: 'Unit tests', run: 'npm test' }),
  ],
  { name: 'fix-findings', description: 'Finds faults, fixes them, and runs the tests.' },
);

export function uses(
  call: number,
  tool: string,
  args: JsonObject,
  more: Partial<Extract<RunEventBody, { type: 'tool-started' }>> = {},
): Body {
  return {
    type: 'tool-started',
    step: 'fix',
    attempt: 1,
    call,
    key: hash('9'),
    agent: 'quality',
    tool,
    arguments: args,
    permit: { rule: 'read', why: 'Reads inside the workspace' },
    idempotent: true,
    hash: hash('9'),
    after: 40,
    ...more,
  };
}

export function ends(
  call: number,
  preview: string,
  more: Partial<Extract<RunEventBody, { type: 'tool-completed' }>> = {},
): Body {
  return {
    type: 'tool-completed',
    step: 'fix',
    attempt: 1,
    call,
    key: hash('9'),
    result: null,
    preview,
    isError: false,
    durationMs: 320,
    after: 320,
    ...more,
  };
}

/** A step's agents at work: one call of every kind, the last still running. */
function work(): readonly Body[] {
  return [
    started(FIX),
    thinks('look'),
    completes('look', '3 findings, 1 high'),
    thinks('fix', 'quality'),
    uses(1, 'read_file', { path: 'src/server.js' }),
    ends(1, 'src/server.js, lines 1 to 60 of 60\n  const line0 = 0;'),
    uses(2, 'search_files', { query: 'eval(' }),
    ends(2, '1 found:\nsrc/server.js:31:   return eval(request.query.formula);'),
    uses(3, 'run_command', { command: ['rm', '-rf', 'node_modules'] }),
    ends(3, 'A person refused this call.', { isError: true, refused: { by: 'person', rule: 'shell' } }),
    uses(4, 'fetch_page', { url: 'http://169.254.169.254/latest/meta-data' }),
    ends(4, 'Not allowed.', { isError: true, refused: { by: 'policy', rule: 'private-address' } }),
    uses(
      5,
      'edit_file',
      { path: 'src/server.js' },
      {
        permit: { rule: 'asked', why: 'Allowed by ann at 14:03' },
        idempotent: false,
      },
    ),
    ends(5, 'Changed src/server.js (2 lines added, 1 removed).', { changes: CHANGES }),
    uses(6, 'run_tests', { folder: '.' }, { agent: 'testing' }),
    ends(6, '2 of 214 tests failed\n  orders › rounds up', { isError: true }),
  ];
}

export function workingRun(): RunSnapshot {
  return snapshotOf(stateOf([...work(), uses(7, 'find_references', { symbol: 'calculate' })]), {
    now: START + 12_000,
  });
}

export function interruptedWork(): RunSnapshot {
  const bodies = [...work(), uses(7, 'run_command', { command: ['npm', 'publish'] }, { idempotent: false })];
  return snapshotOf(stateOf([...bodies, asksAbout(uncertainGate())]));
}

function asksAbout(approval: Approval): Body {
  return asks(approval);
}

export function policyRun(calls: readonly AskedCall[] = [editCall(), patchCall()]): RunSnapshot {
  const held: Body = { type: 'step-held', step: 'fix', attempt: 1, reason: 'policy', message: 'asks' };
  return snapshotOf(stateOf([...work(), held, asks(policyGate(calls))]));
}

export function changedRun(): RunSnapshot {
  return snapshotOf(stateOf([...work(), produces('fix'), asks(gateWithChanges())]));
}

export function endedWork(): RunSnapshot {
  return snapshotOf(
    stateOf([...work(), completes('fix', '3 findings fixed'), { type: 'run-completed', tolerated: [] }]),
  );
}

export function manyToolsRun(count: number): RunSnapshot {
  const calls = Array.from({ length: count }, (_none, index) => [
    uses(index + 1, 'read_file', { path: `src/modules/module-${index}/index.ts` }),
    ends(index + 1, `src/modules/module-${index}/index.ts, lines 1 to 12 of 12`),
  ]).flat();
  return snapshotOf(
    stateOf([started(FIX), thinks('look'), completes('look', 'Done'), thinks('fix', 'quality'), ...calls]),
  );
}

function sent(id: number, from: string, to: readonly string[], said: object): Body {
  const message = { id, from, to, missed: [], way: { type: 'direct' }, priority: 'normal', ...said };
  return { type: 'message-sent', message: message as unknown as Message };
}

/** Three agents who know of each other. */
export function talkRun(): RunSnapshot {
  const joined = (participant: string, key: string): Body => ({
    type: 'agent-joined',
    participant,
    step: key,
    attempt: 1,
  });
  return snapshotOf(
    stateOf([
      ...work(),
      joined('security', 'look'),
      joined('quality', 'fix'),
      joined('testing', 'fix'),
      sent(1, 'quality', ['security'], {
        type: 'request',
        priority: 'high',
        body: { task: 'Is eval in src/server.js reachable from outside?' },
        answerBy: START + 60_000,
      }),
      sent(2, 'security', ['quality'], {
        type: 'response',
        body: { output: { reachable: true }, summary: 'Yes: GET /formula takes the text as it comes.' },
        answers: 1,
      }),
      sent(3, 'quality', ['security', 'testing'], {
        type: 'notification',
        way: { type: 'broadcast' },
        body: { text: 'I replace eval with a parser. The tests of orders will change.' },
      }),
      sent(4, 'testing', [], {
        type: 'state_update',
        way: { type: 'topic', topic: 'tests' },
        priority: 'low',
        body: { state: 'running 214 tests' },
      }),
      sent(5, 'testing', ['quality'], {
        type: 'error',
        priority: 'urgent',
        body: { code: 'tests-failed', message: '2 of 214 tests failed' },
      }),
      { type: 'context-changed', key: 'finding/eval', version: 1, value: 'high', by: 'security' },
      { type: 'context-changed', key: 'finding/eval', version: 2, value: 'fixed', by: 'quality' },
      {
        type: 'context-changed',
        key: 'tests/orders',
        version: 1,
        value: { passed: 212, failed: 2, names: ['rounds up', 'trims names'] },
        by: 'testing',
      },
      { type: 'context-locked', key: 'tests/orders', by: 'testing' },
      { type: 'agent-left', participant: 'security', reason: 'ended' },
    ]),
  );
}

/** Everything that can carry text from outside carries hostile text. */
export function hostileRun(): RunSnapshot {
  const call = {
    ...commandCall(`echo ${HOSTILE}`),
    why: HOSTILE,
  };
  const file = editCall({
    shown: {
      changes: [
        {
          path: `src/${HOSTILE}`,
          resolved: `/home/${HOSTILE}`,
          kind: 'edit',
          diff: patchOf('a', 'one\n', `${HOSTILE}\n`),
        },
      ],
      note: HOSTILE,
    },
  });
  return snapshotOf(
    stateOf([
      ...work(),
      uses(7, 'read_file', { path: HOSTILE }),
      ends(7, HOSTILE),
      { type: 'agent-joined', participant: 'quality', step: 'fix', attempt: 1 },
      sent(1, 'quality', ['testing'], { type: 'notification', body: { text: HOSTILE } }),
      { type: 'context-changed', key: HOSTILE, version: 1, value: HOSTILE, by: 'quality' },
      asks(policyGate([call, file])),
    ]),
  );
}

export function policyItems(): readonly ApprovalItem[] {
  const of = { runId: 'run-1', workflow: 'fix-findings', runStartedAt: START, rehearsal: false };
  return [
    {
      ...of,
      approval: policyGate([commandCall()], { id: 'command-policy', title: 'Write the release notes' }),
    },
    { ...of, approval: policyGate([patchCall()], { id: 'patch-policy' }) },
    { ...of, approval: policyGate([fetchCall()], { id: 'fetch-policy', title: 'Read the documentation' }) },
    { ...of, approval: uncertainGate() },
  ];
}
