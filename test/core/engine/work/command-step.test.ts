import { describe, expect, it } from 'vitest';
import { commandEnvironment, runCommand } from '../../../../src/core/engine/work/command-step';
import { BatonError } from '../../../../src/core/model/errors';
import { settleDown } from '../simulated-clock';
import { SimulatedHost, type CommandScript } from '../simulated-host';

async function run(script: CommandScript, onText: (text: string) => void = () => {}) {
  const machine = new SimulatedHost(() => script);
  const running = runCommand({
    host: machine.host,
    command: 'x',
    workspace: '/w',
    env: {},
    signal: new AbortController().signal,
    onText,
    onStarted: () => {},
  });
  await settleDown();
  machine.clock.step();
  return running;
}

describe('a command', () => {
  it('gives the JSON it printed, or what it printed and its exit code', async () => {
    expect(await run({ stdout: ' {"a": 1}\n' })).toMatchObject({ type: 'produced', output: { a: 1 } });
    expect(await run({ stdout: '[1, 2]' })).toMatchObject({ output: [1, 2], summary: '2 items' });
    expect(await run({ stdout: '7\n' })).toMatchObject({
      output: { exitCode: 0, stdout: '7\n' },
      summary: '7',
    });
    expect(await run({ stdout: '{"a": 1} and more' })).toMatchObject({
      output: { stdout: '{"a": 1} and more' },
    });
  });

  it('says in its summary and in its log what was ended after it', async () => {
    const heard: string[] = [];
    const outcome = await run({ stdout: 'begun\n', leftRunning: ['node', 'sleep'] }, (text) =>
      heard.push(text),
    );
    expect(outcome).toMatchObject({
      output: { stdout: 'begun\n' },
      summary: 'begun. Ended what it left running: node, sleep.',
    });
    expect(heard.join('')).toBe('begun\n\nEnded what it left running: node, sleep.\n');
    const failed: string[] = [];
    await run({ exitCode: 1, leftRunning: ['node'] }, (text) => failed.push(text));
    expect(failed.join('')).toContain('Ended what it left running: node.');
  });

  it('says in its result that only the end of what it printed was kept', async () => {
    expect(await run({ stdout: '1}\n{"a": 1}\n', stdoutTruncated: true })).toEqual({
      type: 'produced',
      output: { exitCode: 0, stdout: '1}\n{"a": 1}\n', truncated: true },
      summary: 'Only the end of the output is kept, 1 MB: {"a": 1}',
    });
  });

  it('that cannot start says what is missing', async () => {
    const start = async (code: string, command: string | readonly string[]) => {
      const { host } = new SimulatedHost(() => ({}));
      const processes = {
        ...host.processes,
        run: () => Promise.reject(new BatonError(code, 'spawn failed')),
      };
      return runCommand({
        host: { ...host, processes },
        command,
        workspace: '/w',
        env: {},
        signal: new AbortController().signal,
        onText: () => {},
        onStarted: () => {},
      });
    };
    const message = async (code: string, command: string | readonly string[]) => {
      const outcome = await start(code, command);
      return outcome.type === 'failed' ? outcome.error.message : outcome;
    };
    expect(await message('enoent', ['gradel', 'build'])).toBe('There is no program "gradel" on the PATH.');
    expect(await message('enoent', ['./gradel'])).toBe('There is no program ./gradel.');
    expect(await message('eacces', ['./run.sh'])).toContain('./run.sh may not be run.');
    expect(await message('enoent', 'ls')).toBe('The command could not start: spawn failed');
  });

  it('leaves the title that a terminal would show out of its summary', async () => {
    expect(await run({ stdout: '\u001b]0;title\u0007done\n' })).toMatchObject({ summary: 'done' });
  });

  it('fails with the last thing it said', async () => {
    const stderr = 'first\n\u001b[31mno \u0007disk\u001b[0m\n\n';
    expect(await run({ exitCode: 3, stderr })).toEqual({
      type: 'failed',
      error: { code: 'exit-code', class: 'error', message: 'Exit code 3: no  disk' },
    });
  });

  it('that was killed has an unknown outcome; one that cannot start has failed', async () => {
    expect(await run({ killedBy: 'SIGKILL' })).toMatchObject({ error: { code: 'killed', class: 'killed' } });
    expect(await run({ missing: true })).toMatchObject({ error: { code: 'command', class: 'error' } });
  });

  it('gets values by its environment, JSON where they are no text', () => {
    const { env, notes } = commandEnvironment({
      env: { LEVEL: '3' },
      inputs: { 'deploy-to': 'prod', count: 2, nothing: null },
      outputs: [{ key: 'lint.all', output: { n: 1 } }],
    });
    expect(env).toEqual({
      LEVEL: '3',
      BATON_INPUT_DEPLOY_TO: 'prod',
      BATON_INPUT_COUNT: '2',
      BATON_OUTPUT_LINT_ALL: '{"n":1}',
    });
    expect(notes).toEqual([]);
  });

  it('gets the nearer of two values that have one name, and says so', () => {
    const { env, notes } = commandEnvironment({
      env: {},
      inputs: {},
      outputs: [
        { key: 'a-b', output: 'near' },
        { key: 'a_b', output: 'far' },
      ],
    });
    expect(env).toEqual({ BATON_OUTPUT_A_B: 'near' });
    expect(notes).toEqual(['BATON_OUTPUT_A_B is the variable of two values: the nearer one is set.']);
  });

  it('does without values that no system would pass on, and says so', () => {
    const huge = 'x'.repeat(200_000);
    const { env, notes } = commandEnvironment({
      env: {},
      inputs: {},
      outputs: [
        { key: 'big', output: huge },
        { key: 'wide', output: 'w\u0000i\u0000' },
      ],
    });
    expect(env).toEqual({});
    expect(notes).toEqual([
      expect.stringContaining('BATON_OUTPUT_BIG is not set'),
      expect.stringContaining('BATON_OUTPUT_WIDE is not set'),
    ]);
  });
});
