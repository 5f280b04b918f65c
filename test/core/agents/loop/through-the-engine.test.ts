import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/model/approval';
import { openStaff, type Staff } from '../roster/staff';

const WRITE = [['write_file', { path: 'src/greet.ts', content: 'export const hi = 1;\n' }]] as const;
const TWO = [
  [
    'apply_patch',
    {
      patch: ['one', 'two']
        .map((name) => `--- a/${name}.txt\n+++ b/${name}.txt\n@@ -1 +1 @@\n-old\n+new ${name}\n`)
        .join(''),
    },
  ],
] as const;
const STEP = '  - key: build\n    agent: backend\n    prompt: Build it.\n';

describe('an agent at work in a run', () => {
  let staff: Staff;
  beforeEach(async () => {
    staff = await (opening ??= openStaff());
    staff.forget();
  });
  const file = (name: string) => path.join(staff.workspace, name);
  const asked = async (ofRun: string) => {
    const open = (await staff.runtime.approvals()).find(({ runId }) => runId === ofRun);
    if (open === undefined) throw new Error('Nobody is asked.');
    return open.approval;
  };
  const decide = async (runId: string, decision: Omit<Decision, 'shownHash'>) => {
    const { id, shownHash } = await asked(runId);
    const by = { name: 'ada', channel: 'editor' } as const;
    expect(await staff.runtime.decide(runId, id, { ...decision, shownHash }, by)).toEqual({ ok: true });
    return staff.runtime.whenIdle(runId);
  };

  it('waits for a person before it writes, and goes on where it was without asking its model again', async () => {
    staff.says('backend', [WRITE, 'Written.']);
    const { state } = await staff.run(STEP);
    const approval = await asked(state.runId);
    expect(approval).toMatchObject({
      kind: 'policy',
      shown: { calls: [{ agent: 'backend', tool: 'write_file', rule: 'outside-writes' }] },
    });
    expect(JSON.stringify(approval.shown)).toContain('+export const hi = 1;');
    const after = await decide(state.runId, { action: 'approve' });
    expect(after).toMatchObject({ phase: 'completed', steps: { build: { output: { text: 'Written.' } } } });
    expect(await readFile(file('src/greet.ts'), 'utf8')).toBe('export const hi = 1;\n');
    expect(staff.server.asked()).toBe(2);
    expect(after.changes['build']).toMatchObject([{ path: 'src/greet.ts' }]);
  });

  it('writes one file and leaves the other, and what it wrote can be taken back', async () => {
    await Promise.all(['one', 'two'].map((name) => writeFile(file(`${name}.txt`), 'old\n')));
    staff.says('backend', [TWO, 'Written.']);
    const { state } = await staff.run(STEP);
    const [call] = (await asked(state.runId)).shown.calls ?? [];
    expect(call?.files).toEqual(['one.txt', 'two.txt']);
    await decide(state.runId, { action: 'approve', value: { without: { [call?.key ?? '']: ['two.txt'] } } });
    expect(await readFile(file('one.txt'), 'utf8')).toBe('new one\n');
    expect(await readFile(file('two.txt'), 'utf8')).toBe('old\n');
    const undone = await staff.runtime.undoChanges(state.runId, 'build', { by: 'ada' });
    expect(undone).toMatchObject({ ok: true, restored: ['one.txt'] });
    expect(await readFile(file('one.txt'), 'utf8')).toBe('old\n');
  });

  it('hears why it was refused, and the step is done without', async () => {
    staff.says('backend', [[['write_file', { path: 'no.ts', content: 'x' }]], 'Left it.']);
    const { state } = await staff.run(STEP);
    const after = await decide(state.runId, { action: 'retry', comment: 'Not in this folder.' });
    expect(after.steps['build']).toMatchObject({ status: 'completed', output: { text: 'Left it.' } });
    expect(staff.requests('backend')[1]?.text).toContain('Not in this folder.');
    expect(after.tools['build']?.at(-1)).toMatchObject({ status: 'refused', refused: { by: 'person' } });
  });

  it('is not asked again for what was allowed for the run', async () => {
    staff.says('backend', [
      [['write_file', { path: 'gen/a.ts', content: 'a' }]],
      [['write_file', { path: 'gen/b.ts', content: 'b' }]],
      'Both.',
    ]);
    const { state } = await staff.run(STEP);
    const after = await decide(state.runId, { action: 'approve', value: { forRun: true } });
    expect(after.phase).toBe('completed');
    expect(await readFile(file('gen/b.ts'), 'utf8')).toBe('b');
  });

  it('writes what its step names without a question', async () => {
    staff.says('backend', [[['write_file', { path: 'out/a.ts', content: 'a' }]], 'Written.']);
    const { state } = await staff.run(`${STEP}    writes: ['out/**']\n`);
    expect(state.phase).toBe('completed');
    expect(state.tools['build']).toMatchObject([{ permit: { rule: 'writes' }, status: 'done' }]);
  });

  // Last: from then on the first vendor has no such model.
  it('goes on with another vendor in the middle of its work, and does nothing again', async () => {
    const { second } = staff;
    staff.says('backend', [[['write_file', { path: 'out/middle.ts', content: 'a' }]], { fails: 404 }]);
    const more = [['read_file', { path: 'out/middle.ts' }]] as const;
    staff.says('backend', ['Never asked.', more, 'Read and written.'], { server: second });
    const { state, events } = await staff.run(`${STEP}    writes: ['out/**']\n`);
    expect(state.steps['build']).toMatchObject({ output: { text: 'Read and written.' } });
    expect(state.tools['build']?.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
      'write_file done',
      'read_file done',
    ]);
    expect(events.flatMap((event) => (event.type === 'call-answered' ? [event.model.provider] : []))).toEqual(
      ['claude', 'openai', 'openai'],
    );
    // The call and its result came along, under the same id.
    const body = second.mock.getRequests().find(({ method }) => method === 'POST')?.body;
    const messages = (
      body as { messages: { role: string; tool_calls?: { id: string }[]; tool_call_id?: string }[] }
    ).messages;
    const id = messages.find(({ role }) => role === 'assistant')?.tool_calls?.[0]?.id;
    expect(id).toBeTruthy();
    expect(messages.find(({ role }) => role === 'tool')).toMatchObject({ tool_call_id: id });
  });
});

let opening: Promise<Staff> | undefined;
afterAll(async () => (await opening)?.close());
