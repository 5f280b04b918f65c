import { describe, expect, it } from 'vitest';
import { faults, read } from './reading';

const step = (more: string) => `name: a\nsteps:\n  - {key: one, run: ls}\n  - {key: two, ${more}}\n`;

/** Each with every fault it must show: "line:column code". */
const files: readonly (readonly [string, string, ...string[]])[] = [
  ['nothing', '', '1:1 empty-file'],
  ['a comment alone', '# words\n', '1:1 empty-file'],
  ['null', '~', '1:1 empty-file'],
  ['a list', '- a\n- b\n', '1:1 wrong-type'],
  ['a text', 'just words', '1:1 wrong-type'],
  ['no steps', 'name: a', '1:1 no-steps'],
  ['empty steps', 'name: a\nsteps:\n', '2:1 no-steps'],
  ['a list without items', 'name: a\nsteps: []\n', '2:8 no-steps'],
  ['steps as a mapping', 'name: a\nsteps: {one: 1}\n', '2:8 wrong-type'],
  ['a step that is a text', 'name: a\nsteps: [one]\n', '2:9 wrong-type'],
  ['a step without key', 'name: a\nsteps:\n  - run: ls\n', '3:5 missing-key'],
  ['a step with nothing to do', 'name: a\nsteps:\n  - key: one\n', '3:10 empty-step'],
  ['an action that is empty', 'name: a\nsteps:\n  - key: one\n    action:\n', '3:10 empty-step'],
  ['two kinds of work', step('run: ls, action: x'), '4:11 two-kinds-of-work'],
  ['a key that is a path', 'name: a\nsteps: [{key: ../../x, run: ls}]', '2:15 bad-name'],
  ['a key with a space', 'name: a\nsteps: [{key: a b, run: ls}]', '2:15 bad-name'],
  ['a key of every object', 'name: a\nsteps: [{key: constructor, run: ls}]', '2:15 reserved-name'],
  ['a key of JavaScript', 'name: a\nsteps: [{key: __proto__, run: ls}]', '2:15 reserved-name'],
  ['two equal keys', 'name: a\nsteps: [{key: one, run: ls}, {key: one, run: ls}]', '2:36 duplicate-step'],
  [
    'keys that look equal',
    'name: a\nsteps: [{key: "é", run: ls}, {key: "e\u0301", run: ls}]',
    '2:36 duplicate-step',
  ],
  [
    'a number and its text',
    'name: a\nsteps: [{key: 1, run: ls}, {key: "1", run: ls}]',
    '2:34 duplicate-step',
  ],
  ['a missing dependency', step('run: ls, dependsOn: [onne]'), '4:37 unknown-dependency'],
  ['a dependency twice', step('run: ls, dependsOn: [one, one]'), '4:42 duplicate-dependency'],
  ['a step that waits for itself', step('run: ls, dependsOn: [two]'), '4:11 cycle'],
  [
    'steps that wait for each other',
    'name: a\nsteps:\n  - {key: a, run: ls, dependsOn: [c]}\n  - {key: b, run: ls, dependsOn: [a]}\n  - {key: c, run: ls, dependsOn: [b]}\n',
    '3:11 cycle',
  ],
  ['an unknown agent', step('agent: securty, action: x'), '4:23 unknown-agent'],
  ['a timeout of nothing', step('run: ls, timeout: 0'), '4:34 bad-duration'],
  ['a negative timeout', step('run: ls, timeout: -1'), '4:34 bad-duration'],
  ['a timeout that is no number', step('run: ls, timeout: .nan'), '4:34 bad-duration'],
  ['an endless timeout', step('run: ls, timeout: .inf'), '4:34 bad-duration'],
  ['a timeout in words', step('run: ls, timeout: soon'), '4:34 bad-duration'],
  ['a sexagesimal timeout', step('run: ls, timeout: 1:30'), '4:34 bad-duration'],
  ['retries in quotes', step('run: ls, retries: "3"'), '4:34 wrong-type'],
  ['a negative retry', step('run: ls, retry: {max: -1}'), '4:38 wrong-value'],
  ['an unknown failure', step('run: ls, retry: {on: [bad_luck]}'), '4:38 wrong-value'],
  ['a truth in quotes', step('run: ls, continueOnError: "yes"'), '4:42 wrong-type'],
  ['an unknown onError', step('run: ls, onError: explode'), '4:34 wrong-value'],
  [
    'an unknown checkpoint',
    'name: a\nconfig: {checkpoint: often}\nsteps: [{key: a, run: ls}]',
    '2:22 wrong-value',
  ],
  ['no parallelism', 'name: a\nconfig: {parallelism: 0}\nsteps: [{key: a, run: ls}]', '2:23 wrong-value'],
  ['an approval in words', step('run: ls, approval: please'), '4:35 wrong-type'],
  ['nothing allowed', step('run: ls, approval: {allow: []}'), '4:43 wrong-value'],
  ['an unknown decision', step('run: ls, approval: {allow: [shrug]}'), '4:44 wrong-value'],
  ['a glob out of the workspace', step('run: ls, writes: [../x]'), '4:34 outside-workspace'],
  ['an absolute glob', step('run: ls, output: {artifacts: [/etc/passwd]}'), '4:46 outside-workspace'],
  [
    'a choice without options',
    'name: a\ninputs: {x: {type: choice}}\nsteps: [{key: a, run: ls}]',
    '2:20 no-options',
  ],
  [
    'a default that is no option',
    'name: a\ninputs: {x: {type: choice, options: [a], default: b}}\nsteps: [{key: a, run: ls}]',
    '2:51 bad-default',
  ],
  [
    'a default of the wrong type',
    'name: a\ninputs: {x: {type: number, default: many}}\nsteps: [{key: a, run: ls}]',
    '2:37 bad-default',
  ],
  ['a variable of the wrong form', 'name: a\nenv: {a-b: x}\nsteps: [{key: a, run: ls}]', '2:7 bad-name'],
  [
    'a variable that is set by Baton',
    'name: a\nenv: {BATON_STEP: x}\nsteps: [{key: a, run: ls}]',
    '2:7 reserved-name',
  ],
  ['an undeclared name', step('prompt: "See {{ inputs.branch }}"'), '4:29 unknown-input'],
  ['a bare name', step('prompt: "See {{ branch }}"'), '4:29 unknown-name'],
  ['a variable that is not declared', step('prompt: "{{ env.HOME }}"'), '4:25 unknown-variable'],
  ['a secret', step('prompt: "{{ secrets.KEY }}"'), '4:25 secret-place'],
  ['a step that is not there', step('prompt: "{{ steps.oen.output }}"'), '4:25 unknown-step'],
  ['a step that is not upstream', step('prompt: "{{ steps.one.output }}"'), '4:25 not-upstream'],
  ['its own result', step('prompt: "{{ steps.two.output }}"'), '4:25 not-upstream'],
  [
    'a field of a step that is none',
    step('prompt: "{{ steps.one.outputs }}", dependsOn: [one]'),
    '4:25 unknown-field',
  ],
  ['braces around no name', step('prompt: "{{ #if x }}"'), '4:25 bad-placeholder'],
  [
    'a name in an argument of an action',
    step('action: x, with: {a: [{b: "{{ inputs.no }}"}]}'),
    '4:43 unknown-input',
  ],
  ['an expression in an argument', step('action: x, with: {a: "${{ inputs.no }}"}'), '4:42 unknown-input'],
  ['a status function out of place', step('action: x, with: {a: "${{ success() }}"}'), '4:41 bad-expression'],
  ['a shown value that is no path', step('run: ls, approval: {show: ["a b"]}'), '4:43 bad-reference'],
  [
    'a shown value that is not there',
    step('run: ls, approval: {show: [steps.x.output]}'),
    '4:43 unknown-step',
  ],
  ['an expression that ends early', step('run: ls, if: inputs.x =='), '4:38 bad-expression'],
  [
    'a condition over what is not upstream',
    step("run: ls, if: steps.one.status == 'failed'"),
    '4:29 not-upstream',
  ],
  ['a condition in another grammar', step("run: ls, if: needs.one.outputs.x == 'y'"), '4:29 bad-expression'],
  ['a condition of two halves', step('run: ls, if: "${{ true }} && ${{ false }}"'), '4:29 bad-expression'],
  ['an unknown function', step('run: ls, if: system()'), '4:29 bad-expression'],
  [
    'a reference in shell text',
    'name: a\ninputs: {x: 1}\nsteps:\n  - key: one\n    run: echo {{ inputs.x }}\n',
    '5:15 shell-interpolation',
  ],
  [
    'an expression in shell text',
    'name: a\ninputs: {x: 1}\nsteps:\n  - key: one\n    run: |\n      cd src\n      echo "${{ inputs.x }}"\n',
    '7:13 shell-interpolation',
  ],
  [
    'an argument that is half a value',
    'name: a\ninputs: {x: 1}\nsteps:\n  - {key: one, run: [ls, "--at={{ inputs.x }}"]}\n',
    '4:26 partial-argument',
  ],
  ['an unknown key', 'name: a\nstpes: []\nsteps: [{key: a, run: ls}]', '2:1 unknown-key'],
  ['an unknown key of a step', step('run: ls, dependson: [one]'), '4:25 unknown-key'],
  ['two words for one thing', step('run: ls, needs: [one], dependsOn: [one]'), '4:25 given-twice'],
  ['a key twice', 'name: a\nname: b\nsteps: [{key: a, run: ls}]', '2:1 duplicate-key'],
  ['two documents', 'name: a\nsteps: [{key: a, run: ls}]\n---\nname: b\n', '3:1 many-documents'],
  ['a directive', '%YAML 1.1\n---\nname: a\nsteps: [{key: a, run: ls}]', '1:1 directive'],
  ['a tag', 'name: !!str a\nsteps: [{key: a, run: ls}]', '1:7 tag'],
  [
    'a merge key',
    'x-b: &b {run: ls}\nsteps:\n  - {<<: *b, key: a, run: ls}\n',
    '3:6 merge-key',
    '3:6 unknown-key',
  ],
  [
    'a step that repeats another',
    'name: a\nsteps:\n  - &one\n    key: one\n    run: ls\n  - *one\n',
    '6:5 duplicate-step',
  ],
  [
    'tabs, and nothing that follows from them',
    'name: a\nsteps:\n\t- key: one\n\t  run: ls\n',
    '3:1 yaml-tab-as-indent',
    '4:1 yaml-tab-as-indent',
  ],
  [
    'two steps of one variable',
    'name: a\nsteps: [{key: a-b, run: ls}, {key: a_b, run: ls}]',
    '2:36 same-variable',
  ],
  [
    'two inputs of one variable',
    'name: a\ninputs: {a-b: x, A_B: y}\nsteps: [{key: one, run: ls}]',
    '2:18 same-variable',
  ],
  ['an alias of nothing', 'name: *a\nsteps: [{key: a, run: ls}]', '1:7 unknown-alias'],
  ['an alias of itself', 'x-a: &a {b: *a}\nsteps: [{key: a, run: ls}]', '1:13 alias-cycle'],
  [
    'bare braces',
    'name: a\nsteps:\n  - key: one\n    prompt: {{ inputs.x }}\n',
    '4:13 wrong-type',
    '4:14 bad-key',
  ],
  ['a control character', 'name: "a\u0001"\nsteps: [{key: a, run: ls}]', '1:9 control-character'],
  ['an escaped control character', 'name: "a\\x1b[31m"\nsteps: [{key: a, run: ls}]', '1:7 control-character'],
  ['an invisible agent', step('agent: "secu\u200brity", action: x'), '4:23 invisible-character'],
  ['a name that turns around', 'name: "a\u202eb"\nsteps: [{key: a, run: ls}]', '1:9 control-character'],
  ['a key __proto__ in arguments', step('action: x, with: {__proto__: {a: 1}}'), '4:34 reserved-name'],
];

describe('a fault in a file', () => {
  it.each(files)('%s is told with its place and code', (_name, text, ...expected) => {
    const parsed = read(text);
    expect(faults(parsed)).toEqual(expect.arrayContaining(expected));
    expect(faults(parsed)).toHaveLength(expected.length);
    for (const { message, range } of parsed.diagnostics) {
      expect(message).toMatch(/[.!?]$/);
      expect(range.end.line > range.start.line || range.end.column >= range.start.column).toBe(true);
    }
    const hasErrors = parsed.diagnostics.some(({ severity }) => severity === 'error');
    expect(parsed.definition === undefined).toBe(hasErrors);
    expect(parsed.plan === undefined).toBe(hasErrors);
  });

  it('is told together with all others', () => {
    const parsed = read(`name: a
config: { parallelism: none }
steps:
  - key: one
    agent: nobody
    action: look
    dependsOn: [two]
    timeout: soon
  - key: one
    run: echo {{ x }}
  - key: three
    if: steps.one.output &&
    prompt: "{{ inputs.y }} {{ z }}"
`);
    expect(faults(parsed)).toEqual([
      '2:24 wrong-type',
      '5:12 unknown-agent',
      '7:17 unknown-dependency',
      '8:14 bad-duration',
      '9:10 duplicate-step',
      '12:26 bad-expression',
      '13:14 unknown-input',
      '13:29 unknown-name',
    ]);
  });

  it('comes with what to do about it', () => {
    const suggestion = (text: string) => read(text).diagnostics.map((diagnostic) => diagnostic.suggestion);
    expect(suggestion(step('run: ls, dependsOn: [onee]'))).toEqual(['Did you mean "one"?']);
    expect(suggestion(step('agent: securty, action: x'))).toEqual(['Did you mean "security"?']);
    expect(suggestion(step('run: ls, dependson: [one]'))).toEqual(['Did you mean "dependsOn"?']);
    expect(suggestion(step('run: ls, env: {A: b}'))).toEqual([
      'Write "env:" beside "steps:": commands get all of it.',
    ]);
    expect(suggestion(step('run: ls, working-directory: web'))[0]).toContain('cd FOLDER');
    expect(suggestion(`steps: [{key: ${'k'.repeat(120)}, run: ls}]`)).toEqual([undefined]);
    expect(suggestion(step('prompt: "{{ one.files }}", dependsOn: [one]'))).toEqual([
      'Write steps.one.output.files.',
    ]);
    expect(suggestion(step('prompt: "{{ steps.one.output }}"'))).toEqual([
      'Add "one" to dependsOn of "two".',
    ]);
    const [way] = suggestion(
      'name: a\ninputs: {my-x: 1}\nsteps:\n  - key: one\n    run: echo {{ inputs.my-x }}\n',
    );
    expect(way).toContain('$BATON_INPUT_MY_X');
    const [, quotes] = suggestion('name: a\nsteps:\n  - key: one\n    prompt: {{ inputs.x }}\n');
    expect(quotes).toContain('quotes around');
    expect(suggestion("name: a\nsteps: [{key: a, run: ls, if: needs.b.outputs.c == ''}]")[0]).toContain(
      'steps.b.output',
    );
  });
});

describe('what is said about a file', () => {
  it('shows nothing that cannot be seen, and is never long', () => {
    const parsed = read(`name: a\n"sec\u200bret": 1\n${'x'.repeat(900)}: 1\nsteps: [{key: a, run: ls}]\n`);
    expect(parsed.diagnostics[0]!.message).toContain('"secU+200Bret"');
    expect(parsed.diagnostics[1]!.message.length).toBeLessThan(700);
    const colours = read('"\\x1b[31mred": 1\nsteps: [{key: a, run: ls}]\n');
    expect(JSON.stringify([colours.diagnostics, colours.mappings])).not.toContain('\\u001b');
  });

  it('does not cost the product of all wrong names', () => {
    const steps = Array.from(
      { length: 900 },
      (_, i) => `  - {key: step-${i}, run: ls, dependsOn: [stop-${i}]}\n`,
    );
    const begin = performance.now();
    const { diagnostics } = read(`steps:\n${steps.join('')}`);
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(diagnostics.filter(({ suggestion }) => suggestion !== undefined)).toHaveLength(100);
  });

  it('knows what YAML makes of an exclamation mark', () => {
    const [tag] = read('steps:\n  - key: a\n    run: ls\n    if: !failure()\n').diagnostics;
    expect(tag!.suggestion).toContain('quotes');
  });
});

describe('a fault in JSON', () => {
  it.each([
    ['a comma too many', '{"name": "a",}', '1:14 json-syntax'],
    ['a comma missing', '{"name": "a" "steps": []}', '1:14 json-syntax'],
    ['a comment', '{"name": "a", // b\n "steps": []}', '1:15 json-syntax'],
    ['single quotes', "{'name': 'a'}", '1:2 json-syntax'],
    ['an end too early', '{"name": "a"', '1:13 json-syntax'],
    ['a text without end', '{"name": "a\n"}', '1:10 json-syntax'],
    ['a wrong escape', '{"name": "\\x"}', '1:11 json-syntax'],
    ['text after the end', '{"steps": []} x', '1:15 json-syntax'],
    ['a key twice', '{"name": "a", "name": "b", "steps": [{"key": "a", "run": "ls"}]}', '1:15 duplicate-key'],
    ['a number that is none', '{"a": 01}', '1:8 json-syntax'],
    ['nothing', '', '1:1 json-syntax'],
  ])('%s is told with its place', (_name, text, expected) => {
    expect(faults(read(text, 'workflows/a.json'))).toEqual([expected]);
  });

  it('is also what its escapes would hide', () => {
    const text = '{"name": "\\u0061\\"\\u001b[31m", "steps": [{"key": "a", "run": "ls"}]}';
    expect(faults(read(text, 'a.json'))).toEqual(['1:10 control-character']);
    expect(read(text.replace('\\u001b', ''), 'a.json').definition!.name).toBe('a"[31m');
  });
});
