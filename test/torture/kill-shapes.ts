/*
 * Workflows whose steps leave a trace outside the store: a line when a step begins and one when it is done,
 * each with the step's mark (run, step, attempt), appended to a file that only grows.
 */
const work = (seconds: number, before = '') =>
  [
    `echo "begin $BATON_STEP" >> "$BATON_INPUT_EFFECTS"`,
    `sleep ${seconds}`,
    ...(before === '' ? [] : [before]),
    `echo "end $BATON_STEP" >> "$BATON_INPUT_EFFECTS"`,
    `echo "{\\"mark\\":\\"$BATON_STEP\\"}"`,
  ]
    .map((line) => `      ${line}\n`)
    .join('');

interface StepText {
  readonly after?: readonly string[];
  readonly seconds?: number;
  readonly before?: string;
  /** Further lines of the step. */
  readonly more?: readonly string[];
}

function step(key: string, { after = [], seconds = 0.12, before, more = [] }: StepText = {}): string {
  const lines = [
    `  - key: ${key}`,
    ...(after.length === 0 ? [] : [`    dependsOn: [${after.join(', ')}]`]),
    ...more.map((line) => `    ${line}`),
    '    run: |',
  ];
  return `${lines.join('\n')}\n${work(seconds, before)}`;
}

function flow(name: string, ...steps: readonly string[]): string {
  const head = `name: ${name}\ninputs:\n  effects: { type: string, required: true }\nconfig: { parallelism: 3 }\nsteps:\n`;
  return head + steps.join('');
}

/** Five shapes, each with the time its work takes at least, in milliseconds. */
export const shapes: readonly { readonly name: string; readonly text: string; readonly workMs: number }[] = [
  {
    name: 'chain',
    workMs: 480,
    text: flow(
      'chain',
      step('a'),
      step('b', { after: ['a'] }),
      step('c', { after: ['b'] }),
      step('d', { after: ['c'] }),
    ),
  },
  {
    name: 'fan',
    workMs: 480,
    text: flow(
      'fan',
      step('split'),
      ...['one', 'two', 'three', 'four', 'five'].map((key, index) =>
        step(key, { after: ['split'], seconds: 0.05 + index * 0.04 }),
      ),
      step('join', { after: ['one', 'two', 'three', 'four', 'five'] }),
    ),
  },
  {
    name: 'diamond',
    workMs: 400,
    text: flow(
      'diamond',
      step('top'),
      step('left', { after: ['top'], seconds: 0.2 }),
      step('right', { after: ['top'], seconds: 0.08 }),
      step('bottom', { after: ['left', 'right'] }),
    ),
  },
  {
    name: 'gate',
    workMs: 300,
    text: flow(
      'gate',
      step('make'),
      step('aside', { after: ['make'], seconds: 0.3 }),
      step('asked', { after: ['make'], more: ['approval: { message: Keep it }'] }),
      step('use', { after: ['asked', 'aside'] }),
    ),
  },
  {
    name: 'mixed',
    workMs: 450,
    text: flow(
      'mixed',
      step('begin', { more: ['idempotent: true'] }),
      '  - key: lint\n    agent: quality\n    action: lint-codebase\n    dependsOn: [begin]\n',
      step('flaky', {
        after: ['begin'],
        more: ['idempotent: true', 'retry: { max: 3, delay: 30ms }'],
        before: 'case "$BATON_STEP" in */1) exit 1;; esac',
      }),
      step('plain', { after: ['begin'] }),
      step('end', { after: ['lint', 'flaky', 'plain'], more: ['idempotent: true'] }),
    ),
  },
];
