import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openStaff, type Staff } from './staff';

const OUTCOME = {
  summary: 'Both parts are done and joined.',
  goal: 'Know whether the release may go out.',
  tasks: [
    {
      id: 't1',
      agent: 'security',
      asks: 'Look for holes in the notes.',
      expects: 'findings with places',
      after: [],
      status: 'done',
    },
  ],
  result: 'Nothing stands in the way of it.',
  conflicts: [],
  complete: true,
  questions: [],
};
const SECURE = { content: 'No holes found.' };

describe('collaboration of the roster', () => {
  let staff: Staff;
  beforeEach(async () => {
    staff = await (opening ??= openStaff());
    staff.forget();
  });

  it('lets the orchestrator hand work to an agent, which uses its own tools and answers it', async () => {
    staff.says('orchestrator', [
      [['delegate', { agent: 'security', task: 'Look for holes in notes.md.' }]],
      { json: OUTCOME },
    ]);
    staff.says('security', [[['read_file', { path: 'notes.md' }]], SECURE.content]);
    const { state, events } = await staff.run(
      '  - key: lead\n    agent: orchestrator\n    prompt: May it go out?\n',
    );
    expect(state.steps['lead']).toMatchObject({ status: 'completed', output: OUTCOME });
    expect(state.tools['lead']?.map(({ agent, tool, status }) => `${agent} ${tool} ${status}`)).toEqual([
      'orchestrator delegate done',
      'security read_file done',
    ]);
    expect(events.filter(({ type }) => type === 'call-answered')).toHaveLength(4);
    expect(staff.requests('security')[0]?.text).toContain('The agent "orchestrator" asks you');
    expect(staff.requests('orchestrator')[1]?.text).toContain(SECURE.content);
    const said = events.flatMap((event) => (event.type === 'message-sent' ? [event.message] : []));
    expect(said.map(({ type }) => type)).toEqual(['request', 'response']);
    expect(said[0]?.from).toBe('lead');
    expect(said[0]?.to[0]).toMatch(/^lead\/security-[0-9a-f]{6}$/);
  });

  it('lets several work side by side and gives their results together', async () => {
    staff.says('orchestrator', [
      [
        [
          'delegate_many',
          { agents: ['security', 'quality'], task: 'Look at notes.md.', pattern: 'parallel' },
        ],
      ],
      { json: OUTCOME },
    ]);
    staff.says('security', ['Security says yes.']);
    staff.says('quality', ['Quality says no.']);
    const { state } = await staff.run('  - key: lead\n    agent: orchestrator\n    prompt: May it go out?\n');
    expect(state.steps['lead']).toMatchObject({ status: 'completed' });
    const told = staff.requests('orchestrator')[1]?.text;
    expect(told).toContain('Security says yes.');
    expect(told).toContain('Quality says no.');
    expect(state.spent.calls).toBe(4);
  });

  it('gives an agent that was asked nothing that the one who asks has not', async () => {
    staff.says('orchestrator', [[['delegate', { agent: 'backend', task: 'Fix it.' }]], { json: OUTCOME }]);
    staff.says('backend', [[['write_file', { path: 'x.ts', content: 'x' }]], 'I may not write here.']);
    const { state } = await staff.run('  - key: lead\n    agent: orchestrator\n    prompt: Fix it.\n');
    expect(staff.requests('backend')[0]?.tools).toContain('read_file');
    expect(staff.requests('backend')[0]?.tools).not.toContain('write_file');
    expect(state.tools['lead']?.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
      'delegate done',
      'write_file refused',
    ]);
    expect(state.steps['lead']).toMatchObject({ status: 'completed' });
  });

  it('tells the one who asks when the other fails, and its step goes on', async () => {
    const bad = { json: { summary: 'x' } };
    staff.says('orchestrator', [[['delegate', { agent: 'security', task: 'Look.' }]], { json: OUTCOME }]);
    staff.says('security', [bad, bad, bad]);
    const { state, events } = await staff.run('  - key: lead\n    agent: orchestrator\n    prompt: Go.\n');
    expect(state.steps['lead']).toMatchObject({ status: 'completed' });
    expect(staff.requests('orchestrator')[1]?.text).toContain('does not fit');
    expect(events.flatMap((event) => (event.type === 'message-sent' ? [event.message.type] : []))).toEqual([
      'request',
      'error',
    ]);
  });

  it('hands what one agent found to the next as data', async () => {
    staff.says('researcher', ['The release is on Friday.']);
    staff.says('writer', ['Come on Friday.']);
    const { state } = await staff.run(
      '  - key: find\n    agent: researcher\n    prompt: When is it?\n' +
        '  - key: tell\n    agent: writer\n    dependsOn: [find]\n    prompt: Write the invitation.\n',
    );
    expect(state.steps['tell']).toMatchObject({ output: { text: 'Come on Friday.' } });
    expect(staff.requests('writer')[0]?.text).toMatch(/<data-[^]*The release is on Friday\.[^]*<\/data-/);
  });
});

let opening: Promise<Staff> | undefined;
afterAll(async () => (await opening)?.close());
