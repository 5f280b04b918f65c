import { describe, expect, it } from 'vitest';
import { parseWorkflow } from '../../../src/core/workflow/parse';
import { evaluateValue } from '../../../src/core/workflow/expressions';
import { fillSecrets, secretNames, secretsOf, withoutSecrets } from '../../../src/core/workflow/secrets';
import { knownAgents } from './agents';

const parse = (text: string, path = 'a.baton.yaml') => parseWorkflow({ text, path, knownAgents });
const faults = (text: string, path?: string) =>
  parse(text, path).diagnostics.flatMap(({ severity, code, message, range, suggestion }) =>
    severity === 'error' ? [{ code, message, line: range.start.line, hint: suggestion }] : [],
  );

const workflow = (...lines: readonly string[]) =>
  [
    'name: deploy',
    'env:',
    '  TOKEN: "${{ secrets.DEPLOY_TOKEN }}"',
    '  HEADER: "Bearer ${{secrets.DEPLOY_TOKEN}}; {{ secrets.OTHER }}"',
    '  PLAIN: words',
    'steps:',
    '  - key: go',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');

describe('secrets in a workflow', () => {
  it('are named in the values of env, whole or as a part, and the definition keeps the words', () => {
    const { definition, diagnostics } = parse(workflow('run: ./deploy.sh'));
    expect(diagnostics).toEqual([]);
    expect(definition?.env['TOKEN']).toBe('${{ secrets.DEPLOY_TOKEN }}');
    expect(secretsOf(definition?.env ?? {})).toEqual(['DEPLOY_TOKEN', 'OTHER']);
    expect(secretNames(definition?.env['PLAIN'] ?? '')).toEqual([]);
  });

  it.each([
    ['a prompt', 'prompt: "Use {{ secrets.DEPLOY_TOKEN }}"'],
    ['an expression of a prompt', 'prompt: "Use ${{ secrets.DEPLOY_TOKEN }}"'],
    ['an index', `prompt: "Use \${{ secrets['DEPLOY_TOKEN'] }}"`],
    ['a function', `prompt: "Use \${{ format('{0}', secrets.DEPLOY_TOKEN) }}"`],
    ['all of them', 'prompt: "Use ${{ toJSON(secrets) }}"'],
    ['other letters', 'prompt: "Use ${{ SECRETS.DEPLOY_TOKEN }}"'],
    ['shell text', 'run: "curl -H ${{ secrets.DEPLOY_TOKEN }} x"'],
    ['an argument', 'run: [curl, "${{ secrets.DEPLOY_TOKEN }}"]'],
    ['a variable that holds one, in an argument', 'run: [curl, "{{ env.TOKEN }}"]'],
    ['a variable that holds one, in a prompt', 'prompt: "{{ env.HEADER }}"'],
    ['every variable at once', 'prompt: "${{ toJSON(env) }}"'],
    ['a computed variable', "prompt: \"${{ env[format('TOK{0}', 'EN')] }}\""],
  ])('are refused at their line in %s', (_what, line) => {
    const found = faults(workflow(line));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ code: 'secret-place', line: 8 });
    expect(found[0]?.message).toMatch(/^Secrets reach commands only by "env:"/);
  });

  it('are refused in with, if, a gate and what it shows', () => {
    const text = workflow(
      'action: lint-codebase',
      'if: secrets.DEPLOY_TOKEN == inputs.x',
      'with:',
      '  token: "${{ secrets.DEPLOY_TOKEN }}"',
      'approval:',
      '  message: "with {{ secrets.DEPLOY_TOKEN }}"',
      '  show: [env.TOKEN]',
    ).replace('steps:', 'inputs: {x: {type: string}}\nsteps:');
    expect(faults(text).map(({ code, line }) => [code, line])).toEqual([
      ['secret-place', 10],
      ['secret-place', 12],
      ['secret-place', 14],
      ['secret-place', 15],
    ]);
  });

  it('say how to write it', () => {
    const [fault] = faults(workflow('run: "curl ${{ secrets.DEPLOY_TOKEN }}"'));
    expect(fault?.hint).toContain('DEPLOY_TOKEN: "${{ secrets.DEPLOY_TOKEN }}" under "env:"');
    expect(fault?.hint).toContain('$DEPLOY_TOKEN');
  });

  it('are refused in the words of other formats as well', () => {
    const text = 'name: a\nsteps:\n  - name: Look\n    prompt: "{{secrets.TOKEN}}"\n    retryable: true\n';
    expect(faults(text, 'a.yaml')).toMatchObject([{ code: 'secret-place', line: 4 }]);
  });

  it.each([
    "format('{0}', secrets.A)",
    'toJSON(secrets)',
    "secrets['A']",
    'secrets.MY-TOKEN',
    'secrets.A || secrets.B',
  ])('are named, not computed: %s', (expression) => {
    const text = workflow('run: ./deploy.sh').replace('words', `"\${{ ${expression} }}"`);
    expect(faults(text)).toMatchObject([{ code: 'secret-place', line: 5 }]);
  });

  it('are the only thing that is filled in there', () => {
    const { diagnostics } = parse(workflow('run: ./deploy.sh').replace('words', '"${{ inputs.x }}"'));
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'literal-env' }]);
  });

  it('are filled in as they are, and shown as nothing but a word', () => {
    const value = 'a ${{ secrets.A }}{{ secrets.B }} ${{ inputs.c }}';
    expect(fillSecrets(value, (name) => `<$& ${name}>`)).toBe('a <$& A><$& B> ${{ inputs.c }}');
    expect(withoutSecrets(value)).toBe('a (secret)(secret) ${{ inputs.c }}');
  });

  it('have no value in any expression, whatever a definition says', () => {
    const context = { inputs: {}, env: { TOKEN: '${{ secrets.A }}' }, steps: {} };
    expect(evaluateValue('secrets.A', context)).toMatchObject({ value: null, error: {} });
    expect(evaluateValue('env.TOKEN', context).value).toBe('${{ secrets.A }}');
  });
});
