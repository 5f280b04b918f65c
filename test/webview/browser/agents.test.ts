import { describe, expect, test } from 'vitest';
import { fold } from '../../../src/core/model/run-state';
import type { ViewName } from '../../../webview/page';
import type { ApprovalItem, HostMessage, RunSnapshot } from '../../../webview/protocol';
import {
  changedRun,
  CHANGES,
  commandCall,
  DIFFS,
  editCall,
  endedWork,
  ends,
  hostileRun,
  interruptedWork,
  manyToolsRun,
  patchCall,
  patchOf,
  policyGate,
  policyItems,
  policyRun,
  shownFile,
  talkRun,
  workingRun,
} from '../agent-samples';
import { eventsOf, START } from '../samples';
import { openView, type OpenView } from './open-view';
import { lookAtScenes, type Scene } from './scenes';

const now = START + 134_000;
const run = (snapshot: () => RunSnapshot) => (): HostMessage => ({ type: 'run-snapshot', run: snapshot() });
const select = (key: string) => (view: OpenView) => view.page.locator(`[data-step="${key}"]`).click();
const items = (from: number, to: number) => (): HostMessage => ({
  type: 'approvals',
  items: policyItems().slice(from, to),
  now,
});
function longNames(): readonly ApprovalItem[] {
  const path = `packages/${'payment-platform-'.repeat(6)}/src/AVeryLongFileNameWithoutAnySpaces.component.ts`;
  const text = Array.from({ length: 30 }, (_none, index) => `const value${index} = ${index};\n`);
  const changed = text.with(
    14,
    `const value14 = compute({ input: 'with a line that is long enough to wrap' });\n`,
  );
  const agent = 'infrastructure-and-platform-engineering';
  const call = editCall({ agent, shown: { changes: [shownFile(path, text.join(''), changed.join(''))] } });
  const more = commandCall(`find . -name '${'x'.repeat(80)}' -print`);
  return policyItems()
    .slice(0, 1)
    .map((item) => ({ ...item, approval: policyGate([call, { ...more, agent }]) }));
}
const tellDiffs = (view: OpenView) => view.tell({ type: 'diffs', runId: 'run-1', diffs: DIFFS });

const scenes: readonly Scene[] = [
  {
    name: 'policy-run',
    view: 'run',
    width: 1200,
    height: 1500,
    message: run(policyRun),
    then: async (view) => {
      await select('fix')(view);
      await view.page.getByRole('checkbox', { name: 'Accept changes of .vscode/settings.json' }).click();
    },
  },
  { name: 'policy-command', view: 'approvals', width: 300, height: 620, message: items(0, 1) },
  { name: 'policy-files', view: 'approvals', width: 300, height: 1100, message: items(1, 2) },
  {
    name: 'policy-others',
    inOneTheme: true,
    view: 'approvals',
    width: 300,
    height: 1100,
    message: items(2, 4),
  },
  {
    name: 'policy-wide',
    inOneTheme: true,
    view: 'approvals',
    width: 700,
    height: 900,
    message: () => ({ type: 'approvals', items: longNames(), now }),
  },
  {
    name: 'policy-long-names',
    inOneTheme: true,
    view: 'approvals',
    width: 260,
    height: 1_200,
    message: () => ({ type: 'approvals', items: longNames(), now }),
  },
  {
    name: 'policy-refuse',
    view: 'approvals',
    width: 300,
    height: 700,
    inOneTheme: true,
    message: items(0, 1),
    then: (view) => view.page.getByRole('button', { name: /^Don't Allow…/ }).click(),
  },
  {
    name: 'uncertain-call',
    view: 'approvals',
    width: 300,
    height: 700,
    message: items(3, 4),
    then: (view) => view.page.getByRole('button', { name: /^It Happened…/ }).click(),
  },
  {
    name: 'gate-changes',
    view: 'run',
    width: 1200,
    height: 900,
    message: run(changedRun),
    then: async (view) => {
      await select('fix')(view);
      await tellDiffs(view);
      await view.page.getByRole('button', { name: /^src\/server.js/ }).click();
    },
  },
  {
    name: 'tools',
    view: 'run',
    width: 1200,
    height: 900,
    message: run(workingRun),
    then: async (view) => {
      await select('fix')(view);
      await tellDiffs(view);
      await view.page.getByRole('button', { name: /run_tests/ }).click();
    },
  },
  {
    name: 'tools-interrupted',
    inOneTheme: true,
    view: 'run',
    width: 600,
    height: 1100,
    message: run(interruptedWork),
    then: select('fix'),
  },
  {
    name: 'conversation',
    view: 'run',
    width: 1200,
    height: 900,
    message: run(talkRun),
    then: async (view) => {
      await view.page.getByRole('tab', { name: 'Conversation' }).click();
      await view.page.getByText('Value of tests/orders').click();
    },
  },
  {
    name: 'conversation-narrow',
    inOneTheme: true,
    view: 'run',
    width: 320,
    height: 900,
    message: run(talkRun),
    then: (view) => view.page.getByRole('tab', { name: 'Conversation' }).click(),
  },
  {
    name: 'hostile',
    inOneTheme: true,
    view: 'run',
    width: 1200,
    height: 1500,
    message: run(hostileRun),
    then: select('fix'),
  },
];

lookAtScenes(scenes);

const open = (view: ViewName, width = 1200, height = 900) => openView(view, { width, height });
const lastAsked = async (view: OpenView) => (await view.asked()).at(-1);
const decisions = async (view: OpenView) => (await view.asked()).filter(({ type }) => type === 'decide');

describe('the question whether an agent may do something', () => {
  async function card(calls = [editCall(), patchCall()]): Promise<OpenView> {
    const view = await open('approvals', 300);
    const [item] = policyItems();
    if (item === undefined) throw new Error('no item');
    await view.tell({ type: 'approvals', items: [{ ...item, approval: policyGate(calls) }], now });
    return view;
  }

  test('says who wants what, why it is asked, and shows the command whole', async () => {
    const command = `printf '%s' ${'x'.repeat(5_000)}\u0007 && true`;
    const view = await card([commandCall(command)]);
    const text = await view.page.getByRole('article').textContent();
    expect(text).toContain('writer wants to run a command');
    expect(text).toContain('No rule of yours allows this command.');
    expect(text).toContain('x'.repeat(5_000));
    expect(text).toContain('5,021 characters, run by a shell');
    expect(await view.page.locator('.block .invisible-mark').textContent()).toBe('BEL');
    await view.close();
  });

  test('is answered with one click, bound to what was shown', async () => {
    const view = await card([commandCall()]);
    await view.page.getByRole('button', { name: /^Allow: writer/ }).click();
    expect(await lastAsked(view)).toEqual({
      type: 'decide',
      runId: 'run-1',
      approvalId: 'fix-policy',
      action: 'approve',
      shownHash: policyGate([]).shownHash,
    });
    await view.close();
  });

  test('one file is rejected and the others are allowed, with a word to the agent', async () => {
    const view = await card();
    await view.page.getByRole('checkbox', { name: 'Accept changes of .vscode/settings.json' }).click();
    await view.page.getByRole('textbox').fill('Leave the settings alone.');
    await view.page.getByRole('button', { name: /^Allow 3 of 4:/ }).click();
    expect(await lastAsked(view)).toMatchObject({
      action: 'approve',
      comment: 'Leave the settings alone.',
      value: { without: { [patchCall().key]: ['.vscode/settings.json'] } },
    });
    await view.close();
  });

  test('one call is rejected with all its files, and comes back with them', async () => {
    const view = await card();
    const whole = view.page.getByRole('checkbox', { name: 'Accept apply_patch of quality' });
    await whole.click();
    expect(await view.page.getByRole('button', { name: /^Allow 1 of 4:/ }).count()).toBe(1);
    await whole.click();
    expect(await view.page.getByRole('button', { name: /^Allow All 4:/ }).count()).toBe(1);
    await whole.click();
    await view.page.getByRole('button', { name: /^Allow 1 of 4:/ }).click();
    expect(await lastAsked(view)).toMatchObject({ value: { refuse: [patchCall().key] } });
    await view.close();
  });

  test('with everything rejected there is nothing to allow', async () => {
    const view = await card();
    await view.page.getByRole('checkbox', { name: 'Accept apply_patch of quality' }).click();
    await view.page.getByRole('checkbox', { name: 'Accept edit_file of quality' }).click();
    expect(await view.page.getByRole('button', { name: /^Allow/ }).count()).toBe(0);
    expect(await view.page.getByRole('button', { name: /^Don't Allow…/ }).count()).toBe(1);
    await view.close();
  });

  test('allowing for the run says what it allows, and is offered only where it is', async () => {
    const view = await card([editCall()]);
    expect(await view.page.locator('.for-run').textContent()).toContain('edit_file for files in src/');
    await view.page.getByRole('button', { name: /^Allow for This Run/ }).click();
    expect(await lastAsked(view)).toMatchObject({ action: 'approve', value: { forRun: true } });
    await view.close();
    const other = await card([patchCall()]);
    expect(await other.page.getByRole('button', { name: /^Allow for This Run/ }).count()).toBe(0);
    await other.close();
  });

  test('refusing takes a word to the agent, which goes on without', async () => {
    const view = await card([commandCall()]);
    await view.page.getByRole('button', { name: /^Don't Allow…/ }).click();
    await view.type('Use the test tool.');
    expect(await decisions(view)).toHaveLength(0);
    await view.page.getByRole('button', { name: "Don't Allow", exact: true }).click();
    expect(await lastAsked(view)).toMatchObject({ action: 'retry', comment: 'Use the test tool.' });
    await view.close();
  });

  test('choices stay while another question is open in the card', async () => {
    const view = await card();
    await view.page.getByRole('checkbox', { name: 'Accept changes of package.json' }).click();
    await view.page.getByRole('button', { name: /^Don't Allow…/ }).click();
    await view.page.keyboard.press('Escape');
    expect(await view.page.getByRole('button', { name: /^Allow 3 of 4:/ }).count()).toBe(1);
    await view.close();
  });

  test('everything is reached and answered by keyboard, in the order it is read', async () => {
    const view = await card([patchCall()]);
    const focused: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      await view.page.keyboard.press('Tab');
      const name = await view.page.evaluate(() => {
        const active = document.activeElement;
        return active === document.body
          ? ''
          : (active?.getAttribute('aria-label') ?? active?.textContent ?? '');
      });
      if (name.startsWith('Don')) break;
      focused.push(name.trim());
    }
    const place = (start: string) => focused.findIndex((name) => name.startsWith(start));
    const order = [
      'Accept changes of src/formula.js',
      'Diff of src/formula.js',
      'Accept changes of package.json',
      'Diff of package.json',
      'Accept changes of .vscode/settings.json',
      'Diff of .vscode/settings.json',
      'Allow All 3',
    ].map(place);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    await view.page.keyboard.press('Shift+Tab');
    await view.page.keyboard.press('Enter');
    expect(await lastAsked(view)).toMatchObject({ action: 'approve' });
    await view.close();
  });

  test('a long diff says how long it is, and shows the rest on demand', async () => {
    const before = Array.from({ length: 900 }, (_none, index) => `old ${index}`).join('\n');
    const after = Array.from({ length: 900 }, (_none, index) => `new ${index}`).join('\n');
    const view = await card([editCall({ shown: { changes: [shownFile('src/large.js', before, after)] } })]);
    expect(await view.page.locator('.diff-line').count()).toBe(400);
    const rest = await view.page.locator('.diff-rest').textContent();
    expect(rest).toMatch(/^400 of 1,80\d lines are shown\./);
    await view.page.getByRole('button', { name: /^Show all 1,80\d lines of src\/large.js/ }).click();
    expect(await view.page.locator('.diff-line').count()).toBeGreaterThanOrEqual(1_800);
    await view.close();
  });

  test('what a tool shows in a shape of its own is shown too', async () => {
    const view = await card([
      commandCall(),
      {
        ...commandCall(),
        key: 'f'.repeat(64),
        tool: 'tickets.create',
        shown: { server: 'tickets', body: 'y'.repeat(300), options: { notify: ['everyone'] } },
        effects: [{ type: 'mcp', server: 'tickets', tool: 'create', arguments: '{"title":"x"}' }],
      },
    ]);
    const text = await view.page.locator('.asked').last().textContent();
    for (const part of ['tickets', 'y'.repeat(300), 'tickets.create {"title":"x"}', 'everyone'])
      expect(text).toContain(part);
    await view.close();
  });

  test('its answers stay in reach while any of the card is seen, and cover nothing that has the focus', async () => {
    const view = await open('approvals', 220, 400);
    await view.tell(items(1, 3)());
    const allow = view.page.getByRole('button', { name: /^Allow All 3/ });
    const bottomOf = async () => {
      const box = await allow.boundingBox();
      return box === null ? Number.POSITIVE_INFINITY : box.y + box.height;
    };
    expect(await bottomOf()).toBeLessThanOrEqual(400);
    const last = view.page.getByRole('checkbox', { name: /settings\.json$/ });
    await last.focus();
    await view.settle();
    const [box, actions] = [await last.boundingBox(), await allow.boundingBox()];
    expect(box !== null && actions !== null && box.y + box.height <= actions.y).toBe(true);
    // Past its end the card takes them along.
    await view.page.mouse.move(100, 100);
    await view.page.mouse.wheel(0, 10_000);
    await expect.poll(bottomOf).toBeLessThan(200);
    await view.close();
  });

  test('is answered here as well where another process runs it', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: { ...policyRun(), runsIn: 'terminal (pid 7)' } });
    await select('fix')(view);
    const card = view.page.getByRole('article');
    expect(await card.getByRole('checkbox').count()).toBeGreaterThan(0);
    expect(await card.getByRole('button', { name: /Allow/ }).count()).toBeGreaterThan(0);
    await view.close();
  });
});

describe('the question whether a call happened', () => {
  test.each([
    [
      'Run It Again',
      async (view: OpenView) => view.page.getByRole('button', { name: /^Run It Again/ }).click(),
      { action: 'retry' },
    ],
    [
      'It Happened, with what came of it',
      async (view: OpenView) => {
        await view.page.getByRole('button', { name: /^It Happened…/ }).click();
        await view.type('Version 1.2.0 is there.');
        await view.page.getByRole('button', { name: 'It Happened', exact: true }).click();
      },
      { action: 'modify', value: 'Version 1.2.0 is there.' },
    ],
    [
      'It Happened, without a word',
      async (view: OpenView) => {
        await view.page.getByRole('button', { name: /^It Happened…/ }).click();
        await view.page.keyboard.press('Control+Enter');
      },
      { action: 'approve' },
    ],
  ])('%s', async (_name, answer, decision) => {
    const view = await open('approvals', 300);
    await view.tell(items(3, 4)());
    expect(await view.page.getByRole('article').textContent()).toContain(
      'Did it happen? writer began to run a command.',
    );
    await answer(view);
    expect(await lastAsked(view)).toMatchObject({ type: 'decide', approvalId: 'fix-uncertain', ...decision });
    await view.close();
  });
});

test('a run that stands still because a call may have happened asks for the decision, not for a resume', async () => {
  const view = await openView('run', { width: 1_000, height: 600 });
  const snapshot = interruptedWork();
  const { runId, seq } = snapshot.state;
  const parked = { type: 'run-parked', reason: 'uncertain', message: 'Nobody knows.' } as const;
  const state = fold(snapshot.state, { ...parked, runId, seq: seq + 1, at: now });
  await view.tell({ type: 'run-snapshot', run: { ...snapshot, state, interrupted: false } });
  const { page } = view;
  expect(await page.locator('.run-state').textContent()).toContain('Waiting for you');
  expect(await page.locator('.notice').textContent()).toContain('1 call may have happened.');
  expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Decide…' }).press('Enter');
  await page.getByRole('button', { name: /^It Happened…/ }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Fix the findings');
  expect(view.faults).toEqual([]);
  await view.close();
});

describe('files that agents changed', () => {
  test('are asked about once, counted, and shown as a diff in place', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: changedRun() });
    await select('fix')(view);
    const asked = (await view.asked()).filter(({ type }) => type === 'read-diffs');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ files: CHANGES.map(({ path }) => ({ path })) });
    await tellDiffs(view);
    const row = view.page.getByRole('button', { name: /^src\/server.js/ });
    expect(await row.textContent()).toContain('2 lines added, 1 removed');
    await row.click();
    expect(await view.page.locator('.diff-line.is-removed').textContent()).toBe(
      '\u2212  return eval(request.query.formula);',
    );
    expect(await view.page.locator('.diff-line.is-removed').getAttribute('data-before')).toBe('31');
    await view.close();
  });

  test('one is rejected, all are undone, and each opens in the editor', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: changedRun() });
    await select('fix')(view);
    await view.page.getByRole('button', { name: 'Reject Changes of src/server.js' }).click();
    const undo = { type: 'undo-changes', runId: 'run-1', step: 'fix', approvalId: 'fix-gate' };
    expect(await lastAsked(view)).toEqual({ ...undo, paths: ['src/server.js'] });
    await view.page.getByRole('button', { name: 'Undo All: 3 changed files' }).click();
    expect(await lastAsked(view)).toEqual(undo);
    await view.page.getByRole('button', { name: 'Open Diff of src/formula.js in Editor' }).click();
    expect(await lastAsked(view)).toEqual({
      type: 'open-diff',
      runId: 'run-1',
      path: 'src/formula.js',
      after: '7'.repeat(64),
    });
    await view.page.getByText('Open All Diffs in Editor').click();
    expect(await lastAsked(view)).toMatchObject({ type: 'open-changes', approvalId: 'fix-gate' });
    await view.close();
  });

  test('can be undone from the step after the run has ended, and leave the list when they are', async () => {
    const view = await open('run');
    const ended = endedWork();
    await view.tell({ type: 'run-snapshot', run: ended });
    await select('fix')(view);
    await view.page.getByRole('button', { name: 'Undo Changes of docs/old-notes.md' }).click();
    expect(await lastAsked(view)).toEqual({
      type: 'undo-changes',
      runId: 'run-1',
      step: 'fix',
      paths: ['docs/old-notes.md'],
    });
    await view.tell({
      type: 'run-events',
      events: eventsOf(
        [{ type: 'changes-undone', step: 'fix', attempt: 1, paths: ['docs/old-notes.md'], by: 'ann' }],
        { from: ended.state.seq + 1 },
      ),
      progress: ended.progress,
      interrupted: false,
      now,
    });
    expect(await view.page.locator('.changed').count()).toBe(2);
    expect(await view.page.locator('[aria-live="polite"]').textContent()).toContain(
      '1 file of Fix the findings as before',
    );
    await view.close();
  });
});

describe('the tools of a step', () => {
  test('are told in order, with how each ended and why it was allowed', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: workingRun() });
    await select('fix')(view);
    const part = view.page.locator('.tools');
    expect(await part.locator('h3').textContent()).toBe('7 tool calls, 2 refused, 1 error');
    const rows = await part.locator('.tool').allTextContents();
    expect(rows.map((row) => row.split(/\s/)[0])).toEqual([
      'Doneread_file',
      'Donesearch_files',
      'Refused',
      'Not',
      'Doneedit_file',
      'Errorrun_tests',
      'Runningfind_references',
    ]);
    await part.getByRole('button', { name: /edit_file/ }).click();
    expect(await part.textContent()).toContain('Allowed by ann at 14:03.');
    expect(await part.textContent()).toContain('Changed src/server.js (2 lines added, 1 removed).');
    await view.close();
  });

  test('a call that ends while somebody looks changes its row at once', async () => {
    const view = await open('run');
    const working = workingRun();
    await view.tell({ type: 'run-snapshot', run: working });
    await select('fix')(view);
    await view.tell({
      type: 'run-events',
      events: eventsOf([ends(7, '3 references')], { from: working.state.seq + 1 }),
      progress: working.progress,
      interrupted: false,
      now: START + 13_000,
    });
    expect(await view.page.locator('.tool').last().textContent()).toContain('Done');
    await view.close();
  });

  test('a call that was cut off says that it may have happened', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: { ...workingRun(), interrupted: true } });
    await select('fix')(view);
    expect(await view.page.locator('.tool').last().textContent()).toContain('Interrupted, may have happened');
    await view.close();
  });

  test('two hundred calls are drawn only when they are asked for, and then quickly', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: manyToolsRun(200) });
    await select('fix')(view);
    expect(await view.page.locator('.tool').count()).toBe(8);
    const took = await view.page.evaluate(async () => {
      const started = performance.now();
      document.querySelector<HTMLElement>('.tools summary')?.click();
      await new Promise<void>((resolve) => {
        const look = () =>
          document.querySelectorAll('.tool').length === 200 ? resolve() : requestAnimationFrame(look);
        look();
      });
      return performance.now() - started;
    });
    expect(await view.page.locator('.tool').count()).toBe(200);
    console.log(`200 tool calls drawn in ${took.toFixed(0)} ms`);
    // A crowded machine takes longer; what is found here is work that grows with the square.
    expect(took).toBeLessThan(2_000);
    await view.close();
  });
});

describe('the conversation of agents', () => {
  test('tells who said what to whom, newest last, and what they share', async () => {
    const view = await open('run');
    await view.tell({ type: 'run-snapshot', run: talkRun() });
    await view.page.getByRole('tab', { name: 'Conversation' }).click();
    const said = await view.page.locator('.message').allTextContents();
    expect(said).toHaveLength(5);
    expect(said[0]).toContain('quality →to security');
    expect(said[0]).toContain('high');
    expect(said[2]).toContain('everyone (2)');
    expect(said[3]).toContain('#tests');
    expect(said[4]).toContain('2 of 214 tests failed');
    const row = view.page.getByRole('row', { name: /^finding\/eval/ });
    expect(await row.textContent()).toBe('finding/eval2qualityfixed');
    expect(await view.page.getByRole('row', { name: /^tests\/orders/ }).textContent()).toContain(
      'locked by testing',
    );
    await view.page.locator('.participant', { hasText: 'testing' }).getByText('Fix the findings').click();
    expect(await view.page.locator('.details').getAttribute('aria-label')).toBe(
      'Details of Fix the findings',
    );
    await view.close();
  });

  test('has no tab before agents join, and gets one when they do', async () => {
    const view = await open('run');
    const working = workingRun();
    await view.tell({ type: 'run-snapshot', run: working });
    expect(await view.page.getByRole('tab', { name: 'Conversation' }).count()).toBe(0);
    await view.tell({
      type: 'run-events',
      events: eventsOf([{ type: 'context-changed', key: 'k', version: 1, value: 'v', by: 'quality' }], {
        from: working.state.seq + 1,
      }),
      progress: working.progress,
      interrupted: false,
      now,
    });
    await view.page.getByRole('tab', { name: 'Conversation' }).click();
    expect(await view.page.getByRole('row', { name: /^k/ }).count()).toBe(1);
    await view.close();
  });
});

test('hostile text is text: nothing of it is drawn, loaded, run or turned around', async () => {
  const view = await open('run', 1200, 1500);
  const loaded: string[] = [];
  view.page.on('request', (request) => void loaded.push(request.url()));
  await view.tell({ type: 'run-snapshot', run: hostileRun() });
  await select('fix')(view);
  for (const row of await view.page.locator('.tool-row').all()) await row.click();
  await view.page.getByRole('tab', { name: 'Conversation' }).click();
  const text = (await view.page.locator('body').textContent()) ?? '';
  expect(text).toContain('![pixel](https://evil.example/pixel.png)');
  expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(await view.page.locator('.run img, .run script').count()).toBe(0);
  expect(await view.page.evaluate(() => document.body.dataset['owned'])).toBeUndefined();
  expect(loaded.filter((url) => !url.startsWith('https://baton.test/'))).toEqual([]);
  expect(view.faults).toEqual([]);
  await view.close();
});

test('a diff with signs inside its lines is read by its counts, not by its looks', async () => {
  const view = await open('approvals', 600);
  const text = patchOf('a.sql', '-- one\n', '++ two\n');
  const call = editCall({
    shown: { changes: [{ path: 'a.sql', resolved: '/w/a.sql', kind: 'edit', diff: text }] },
  });
  const [item] = policyItems();
  if (item === undefined) throw new Error('no item');
  await view.tell({ type: 'approvals', items: [{ ...item, approval: policyGate([call]) }], now });
  expect(await view.page.locator('.diff-line.is-removed').textContent()).toBe('\u2212-- one');
  expect(await view.page.locator('.diff-line.is-added').textContent()).toBe('+++ two');
  await view.close();
});
