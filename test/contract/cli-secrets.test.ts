import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodings, ENCODED, madeUpSecret, traces } from '../core/redaction/encodings';
import { CANARY, SPEAK, speakingWorkflow } from '../core/redaction/speaking-workflow';
import { builtCli, Workplace } from '../support/built-cli';

/* The built command line with keys and secrets in its environment, and commands that print them in nine encodings. */

const keys = {
  ANTHROPIC_API_KEY: madeUpSecret('claude', Math.random),
  OPENAI_API_KEY: madeUpSecret('openai', Math.random),
};
const tokens = ['cloud', 'google', 'odd', 'plain', 'other', 'last', 'more'].map(
  (kind, at) => [`TOKEN_${at}`, madeUpSecret(kind, Math.random)] as const,
);
const env = {
  ...keys,
  ...Object.fromEntries(tokens.map(([name, value]) => [`BATON_SECRET_${name}`, value])),
};
const values = Object.values(env);

let place: Workplace;

beforeAll(() => builtCli(), 120_000);
afterEach(() => place.remove());

describe('a terminal with keys and secrets', () => {
  it('prints and keeps none of them, and prints what is harmless', { timeout: 120_000 }, async () => {
    place = await Workplace.make({
      'flow.json': speakingWorkflow(tokens.map(([name]) => name)),
      'speak.mjs': SPEAK,
      'keys.json': JSON.stringify(keys),
    });
    const printed: Record<string, string> = {};
    const baton = async (...args: string[]) => {
      const { stdout, stderr, code } = await place.baton(args, { env });
      printed[args.join(' ')] = stdout + stderr;
      return code;
    };
    expect(await baton('run', 'flow.json', '--json')).toBe(3);
    expect(await baton('run', 'flow.json')).toBe(3);
    for (const command of [
      'status last',
      'status last --json',
      'approvals',
      'approvals --json',
      'list --runs --json',
    ])
      expect(await baton(...command.split(' '))).toBe(0);
    expect(await baton('export', 'last', 'exported')).toBe(0);
    expect(await baton('approve', 'last', 'gate', '--action', 'approve')).toBe(0);
    expect(await baton('resume', 'last')).toBe(0);
    expect(await baton('providers')).toBe(0);

    const files = await everythingIn(place.folder);
    expect(files.map(([file]) => file)).toEqual(expect.arrayContaining([expect.stringContaining('journal')]));
    const sinks = [
      ...Object.entries(printed).map(([name, text]) => [name, Buffer.from(text)] as const),
      ...files,
    ];
    for (const [sink, bytes] of sinks)
      for (const value of values)
        for (const { form, bytes: trace } of traces(value))
          if (bytes.includes(trace)) throw new Error(`${form} in ${sink}`);
    for (const sink of ['run flow.json --json', 'run flow.json', 'status last --json'])
      for (const form of encodings) {
        const canary = ENCODED[form](CANARY).toString('latin1');
        const shapes = [canary, JSON.stringify(canary).slice(1, -1), canary.replaceAll('\u0000', ' ').trim()];
        const isThere = shapes.some((text) => (printed[sink] ?? '').includes(text));
        // A terminal is shown no zero bytes.
        expect(isThere || (form === 'utf-16' && sink === 'run flow.json'), `${form} in ${sink}`).toBe(true);
      }
  });

  it('refuses a run without its secret, tells where it is set, and begins with it', async () => {
    const flow =
      'name: a\nenv: { A: "x-${{ secrets.DEPLOY }}" }\nsteps: [{ key: a, run: "echo $A | wc -c" }]\n';
    place = await Workplace.make({ 'flow.yaml': flow });
    const without = await place.baton(['run', 'flow.yaml']);
    expect(without.code).not.toBe(0);
    expect(without.stderr).toContain('The secret "DEPLOY" is not set');
    expect(without.stderr).toContain('BATON_SECRET_DEPLOY');
    const value = madeUpSecret('plain', Math.random);
    const { code, stdout } = await place.baton(['run', 'flow.yaml', '--json'], {
      env: { BATON_SECRET_DEPLOY: value },
    });
    expect(code).toBe(0);
    expect(stdout).toContain(String(value.length + 3));
    expect(stdout).not.toContain(value);
  });

  it('gives commands none of the names in its own environment', async () => {
    place = await Workplace.make({
      'flow.yaml': 'name: a\nsteps: [{ key: a, run: "node -p \'JSON.stringify(process.env)\'" }]\n',
    });
    const names = [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'GEMINI_API_KEY',
      'GOOGLE_API_KEY',
      'BATON_SECRET_X',
      'X',
    ];
    const planted = Object.fromEntries(names.map((name, at) => [name, `planted-value-${at}`]));
    const { code, stdout } = await place.baton(['run', 'flow.yaml', '--json'], { env: planted });
    expect(code).toBe(0);
    expect(stdout).toContain('BATON_RUN_ID');
    for (const name of names.slice(0, -1)) expect(stdout).not.toContain(name);
    expect(stdout).not.toContain('planted-value');
  });
});

/** The folder's files but those that hold the values because a person or a command wrote them there. */
async function everythingIn(root: string): Promise<readonly (readonly [string, Buffer])[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'keys.json')
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${path.sep}workspace${path.sep}out${path.sep}`));
  return Promise.all(files.map(async (file) => [path.relative(root, file), await readFile(file)] as const));
}
