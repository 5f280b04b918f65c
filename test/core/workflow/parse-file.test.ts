import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host, WorkerPort } from '../../../src/core/host';
import { BatonError } from '../../../src/core/model/errors';
import { parseWorkflowFile } from '../../../src/core/workflow/parse-file';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { knownAgents } from './agents';
import { faults } from './reading';

let folder: { path: string; remove: () => Promise<void> };
let workspace: string;
const host = createTestHost();
const parse = (text: string, from: Host = host) =>
  parseWorkflowFile(from, { text, path: 'workflows/a.baton.yaml', workspace, knownAgents });

beforeAll(async () => {
  folder = await temporaryFolder('baton-parse');
  workspace = path.join(folder.path, 'work');
  await mkdir(path.join(workspace, 'workflows/prompts'), { recursive: true });
  await writeFile(path.join(workspace, 'workflows/prompts/look.md'), 'Look at {{ inputs.x }}\n');
  await writeFile(path.join(workspace, 'top.md'), 'From the top');
  await writeFile(path.join(workspace, 'large.md'), 'x'.repeat(256 * 1024 + 1));
  await writeFile(path.join(workspace, 'binary.md'), Buffer.from([0xff, 0xfe, 0x00]));
  await writeFile(path.join(workspace, 'control.md'), 'a\u001b[31m');
  await writeFile(path.join(folder.path, 'outside.md'), 'not yours');
  await symlink(path.join(folder.path, 'outside.md'), path.join(workspace, 'link.md'));
  await symlink(path.join(workspace, 'circle.md'), path.join(workspace, 'circle.md'));
});
afterAll(() => folder.remove());

describe('a file that is pulled in', () => {
  const file = (name: string, more = '') =>
    `inputs: {x: 1}\nsteps:\n  - key: a\n    prompt: !file ${name}\n${more}`;

  it('is found beside the workflow, else from the workspace folder', async () => {
    const beside = await parse(file('prompts/look.md'));
    expect(beside.definition!.steps[0]!.prompt).toBe('Look at {{ inputs.x }}\n');
    const top = await parse(file('top.md'));
    expect(top.definition!.steps[0]!.prompt).toBe('From the top');
  });

  it('is part of the hash', async () => {
    const before = await parse(file('top.md'));
    await writeFile(path.join(workspace, 'top.md'), 'From the top!');
    const after = await parse(file('top.md'));
    await writeFile(path.join(workspace, 'top.md'), 'From the top');
    expect(after.hash).not.toBe(before.hash);
    expect((await parse(file('top.md'))).hash).toBe(before.hash);
  });

  it('has its names checked', async () => {
    await writeFile(path.join(workspace, 'workflows/prompts/deep.md'), 'one\ntwo {{ inputs.y }}\n');
    const parsed = await parse(file('prompts/deep.md'));
    expect(faults(parsed)).toEqual(['4:19 unknown-input']);
    expect(parsed.diagnostics[0]!.message).toBe('prompts/deep.md:2: There is no input "y".');
  });

  it.each([
    ['../outside.md', 'outside of the workspace'],
    ['../../outside.md', 'outside of the workspace'],
    ['link.md', 'outside of the workspace'],
    ['circle.md', ''],
    ['/etc/hostname', 'must be relative'],
    ['C:\\x.md', 'must be relative'],
    ['gone.md', 'no such file'],
    ['prompts', 'no file'],
    ['large.md', 'larger than 256 kB'],
    ['binary.md', 'no UTF-8'],
    ['""', 'no path'],
  ])('is refused when it is %s', async (name, reason) => {
    const parsed = await parse(file(name));
    expect(faults(parsed)).toEqual(['4:19 include']);
    expect(parsed.diagnostics[0]!.message).toContain(reason);
    expect(parsed.definition).toBeUndefined();
  });

  it('is refused when it holds control characters', async () => {
    expect(faults(await parse(file('control.md')))).toEqual(['4:19 control-character']);
  });

  it('is refused without a workspace', async () => {
    const parsed = await parseWorkflowFile(host, { text: file('top.md'), path: 'a.yaml', knownAgents });
    expect(parsed.diagnostics[0]!.message).toContain('no workspace folder');
  });

  it('is one of at most 64', async () => {
    const steps = Array.from({ length: 66 }, (_, i) => `  - {key: s${i}, prompt: !file gone-${i}.md}\n`).join(
      '',
    );
    const parsed = await parse(`steps:\n${steps}`);
    expect(
      parsed.diagnostics.map(({ message }) => message).filter((m) => m.includes('at most 64')),
    ).toHaveLength(2);
  });
});

describe('a large file', () => {
  const large = `steps:\n${Array.from({ length: 900 }, (_, i) => `  - {key: step-${i}, run: ls, description: number ${i}}\n`).join('')}`;

  it('is read in a worker with the same result', async () => {
    const parsed = await parse(large);
    expect(parsed.plan!.levels[0]).toHaveLength(900);
    const small = await parse('steps: [{key: a, run: ls}]');
    expect(parsed.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(small.hash).toMatch(/^[0-9a-f]{64}$/);
    const bad = await parse(large.replace('step-7,', 'step-8,'));
    expect(faults(bad)).toEqual(['10:11 duplicate-step']);
  });

  it('may pull files in', async () => {
    const parsed = await parse(`${large}  - {key: last, prompt: !file top.md}\n`);
    expect(parsed.definition!.steps.at(-1)!.prompt).toBe('From the top');
  });

  it('is refused when reading it takes too long, and the worker is ended', async () => {
    const { host: slow, ended } = withWorker((message) =>
      message === 'ready' ? Promise.resolve(1) : Promise.reject(new BatonError('worker-timeout', 'late')),
    );
    expect(faults(await parse(large, slow))).toEqual(['1:1 too-slow']);
    expect(ended()).toBe(1);
  });

  it('gets a second, and more on a busy machine, but never more than eight', async () => {
    const given: unknown[] = [];
    for (const warmUp of [1, 60, 180, 100_000]) {
      const { host: busy } = withWorker((message, options) => {
        if (message === 'ready') return Promise.resolve(warmUp);
        given.push(options?.timeoutMs);
        return Promise.reject(new BatonError('worker-timeout', 'late'));
      });
      await parse(large, busy);
    }
    expect(given).toEqual([1_000, 1_000, 3_000, 8_000]);
  });

  it('is refused when it ends the worker', async () => {
    const { host: dying, ended } = withWorker(() =>
      Promise.reject(new BatonError('worker-ended', 'out of memory')),
    );
    const parsed = await parse(large, dying);
    expect(faults(parsed)).toEqual(['1:1 unreadable']);
    expect(parsed.diagnostics[0]!.message).toContain('out of memory');
    expect(ended()).toBe(1);
  });

  it('goes to the worker also when it is short and dense', async () => {
    let asked = 0;
    const { host: counting } = withWorker(() => {
      asked++;
      return Promise.reject(new BatonError('worker-ended', 'x'));
    });
    await parse(`x: [${','.repeat(20_000)}]`, counting);
    expect(asked).toBe(1);
    await parse(`x: "${'x'.repeat(20_000)}"`, counting);
    expect(asked).toBe(1);
  });
});

describe('an unchanged file', () => {
  it('is not read again, until its text or the agents change', async () => {
    const text = 'steps: [{key: a, agent: quality, action: x}]';
    const first = await parse(text);
    expect(await parse(text)).toBe(first);
    expect(await parse(`${text}\n`)).not.toBe(first);
    const other = { text, path: 'workflows/a.baton.yaml', workspace, knownAgents: [] };
    expect(faults(await parseWorkflowFile(host, other))).toEqual(['1:25 unknown-agent']);
  });

  it('is read again when it pulls others in', async () => {
    const text = 'steps: [{key: a, prompt: !file top.md}]';
    const first = await parse(text);
    expect(await parse(text)).not.toBe(first);
  });
});

function withWorker(ask: WorkerPort['ask']): { host: Host; ended: () => number } {
  let ended = 0;
  const start = (): WorkerPort => ({ ask, dispose: () => void ended++ });
  return { host: { ...host, workers: { start } }, ended: () => ended };
}
