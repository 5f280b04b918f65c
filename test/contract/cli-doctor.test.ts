import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtCli, Workplace } from '../support/built-cli';

const server = path.resolve(import.meta.dirname, '../fixtures/mcp/ordinary.mjs');
const key = ['made', 'up', 'key', 'for', 'a', 'search'].join('-');
let place: Workplace;

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  place = await Workplace.make({
    '.baton/agents/poet.agent.md': '---\nname: poet\ndescription: Writes verse.\n---\n\nWrite.\n',
    'workflows/verse.baton.yaml':
      'name: verse\nsteps:\n  - key: write\n    agent: poet\n    prompt: A verse.\n',
  });
});
afterEach(() => place.remove());

async function person(settings: unknown): Promise<void> {
  const folder = path.join(place.folder, '.config', 'baton');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'baton.config.json'),
    typeof settings === 'string' ? settings : JSON.stringify(settings),
  );
}

describe('baton doctor', () => {
  it('finds a folder sound, in 80 columns, without colours and without a key', async () => {
    await person({ mcpServers: { wiki: { command: process.execPath, args: [server] } } });
    const env = { TAVILY_API_KEY: key, ANTHROPIC_API_KEY: key, FORCE_COLOR: '1' };
    const { code, stdout, stderr } = await place.baton(['doctor'], { env });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).not.toContain(key);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/✓ wiki {2}\d+ tools?\n/);
    expect(stdout).toContain('✓ poet         .baton/agents/poet.agent.md');
    expect(stdout).toMatch(/✓ \d+ tools +read_file/);
    expect(stdout).not.toMatch(/○ web_search/);
    expect(stdout).toMatch(/JavaScript, TypeScript, Python/);
    expect(stdout.trimEnd().endsWith('A run can be started.')).toBe(true);
    const long = stdout.split('\n').filter((line) => [...line].length > 80);
    // A path is not broken.
    expect(long.filter((line) => !/ (?:folder|state) /.test(line))).toEqual([]);
  });

  it('ends with 1 and says what is wrong when something that is set up does not work', async () => {
    await person({
      mcpServers: { wiki: { command: path.join(place.folder, 'no-such-program') } },
      policy: { deny: [{ tol: 'run_command' }] },
    });
    const { code, stdout } = await place.baton(['doctor', '--json']);
    expect(code).toBe(1);
    const found = JSON.parse(stdout) as { ok: boolean; faults: string[]; notes: string[] };
    expect(found.ok).toBe(false);
    expect(found.faults).toHaveLength(2);
    expect(found.faults.join('\n')).toMatch(/The MCP server wiki /);
    expect(found.faults.join('\n')).toMatch(/every call is asked/);
    expect(found.notes.join('\n')).toContain('"policy.deny[0]"');
  });

  it('looks at a folder whose person has a file that is no JSON', async () => {
    await person('{');
    const { code, stdout } = await place.baton(['doctor']);
    expect(code).toBe(1);
    expect(stdout).toContain('~/.config/baton/baton.config.json has a fault.');
  });
});

describe('agents of the folder', () => {
  it('may be named by a workflow, and are listed', async () => {
    const valid = await place.baton(['validate', 'workflows/verse.baton.yaml']);
    expect([valid.code, valid.stderr]).toEqual([0, '']);
    const { agents } = await place.json<{ agents: { name: string; source: string }[] }>('agents');
    expect(agents.find(({ name }) => name === 'poet')?.source).toBe('.baton/agents/poet.agent.md');
    const rehearsed = await place.baton(['run', 'workflows/verse.baton.yaml', '--rehearse']);
    expect(rehearsed.code).toBe(0);
  });
});
