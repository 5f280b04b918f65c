import { encodings, ENCODED } from './encodings';

/** Harmless, and with signs that every encoding writes in another way. */
export const CANARY = `canary "<&> bird/=`;

/**
 * A program that says values in one encoding: to standard output, to standard error and into a file, the canary before each. It knows
 * them from its environment and from a file that happens to hold keys.
 */
export const SPEAK = `
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
const encoders = {
${encodings.map((form) => `  ${JSON.stringify(form)}: ${ENCODED[form].toString()},`).join('\n')}
};
const [how, form, which] = process.argv.slice(2);
const known = JSON.parse(readFileSync('keys.json', 'utf8'));
for (const name of Object.keys(process.env)) if (name.startsWith('TOKEN_')) known[name] = process.env[name];
const canary = ${JSON.stringify(CANARY)};
const forms = form === undefined ? [] : form === 'all' ? Object.keys(encoders) : [form];
const newline = Buffer.from('\\n');
const lines = (encode) => Buffer.concat(
  [canary, ...Object.values(known), canary].flatMap((value) => [encode(value), newline]));
const all = Buffer.concat(forms.map((name) => lines(encoders[name])));
if (how === 'say') {
  mkdirSync('out', { recursive: true });
  writeFileSync('out/' + form + '.bin', all);
  process.stdout.write(all);
  process.stderr.write(all);
} else if (how === 'large') {
  process.stdout.write('x'.repeat(100_000) + '\\n');
  process.stdout.write(all);
} else if (how === 'json') {
  const said = {};
  for (const name of forms)
    for (const value of [canary, ...Object.values(known)]) said[name + ' ' + encoders[name](value).toString('latin1')] = [encoders[name](value).toString('latin1')];
  process.stdout.write(JSON.stringify(said));
} else if (how === 'fail') {
  const value = Object.values(known)[Number(which)];
  process.stderr.write(Buffer.concat([encoders[form](canary), Buffer.from(' '), encoders[form](value), newline]));
  process.exitCode = 1;
} else if (how === 'hash') {
  process.stdout.write(process.env.BATON_OUTPUT_GATE ?? 'nothing');
}
`;

/** As JSON, which is a workflow file as well. Step names say what each does. */
export function speakingWorkflow(secrets: readonly string[]): string {
  const env = Object.fromEntries(secrets.map((name) => [name, `\${{ secrets.${name} }}`]));
  const speak = (...words: readonly string[]) => ['node', 'speak.mjs', ...words];
  const steps = encodings.flatMap((form, at) => [
    { key: `say-${form}`, run: speak('say', form), output: { artifacts: [`out/${form}.bin`] } },
    { key: `fail-${form}`, run: speak('fail', form, String(at)), continueOnError: true },
  ]);
  return JSON.stringify({
    name: 'speaking',
    env,
    config: { parallelism: 2 },
    inputs: { note: { type: 'string', default: '' } },
    steps: [
      ...steps,
      { key: 'large', run: speak('large', 'all') },
      { key: 'scan', action: 'scan-vulnerabilities' },
      {
        key: 'gate',
        run: speak('json', 'all'),
        dependsOn: ['large', 'scan', ...steps.map(({ key }) => key)],
        approval: { message: 'Look at {{ steps.gate.output }}', show: ['steps.large.output', 'inputs.note'] },
      },
      { key: 'after', run: speak('hash'), dependsOn: ['gate'] },
    ],
  });
}
