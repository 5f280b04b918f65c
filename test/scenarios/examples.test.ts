import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { builtCli, eventsIn, Workplace } from '../support/built-cli';
import { toldTo } from '../support/scripted-agents';
import { environmentOf, startVendorServer, type VendorServer, type Vendor } from '../support/vendor-servers';
import {
  collaborationModels,
  FOUND,
  fallbackModels,
  intelligenceModels,
  MENDS,
  NOTE,
  USES,
} from './example-models';

/* The examples with agents, in a copy of their folder: the built command line, servers that speak like the vendors, real tools. */

const examples = path.resolve(import.meta.dirname, '../../examples');
let place: Workplace;
let servers: Record<Vendor, VendorServer>;

const of = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
const outputOf = (events: readonly RunEvent[], step: string) =>
  of(events, 'step-completed').find((event) => event.step === step)?.output;
const original = (name: string) => readFile(path.join(examples, name), 'utf8');

async function baton(...args: readonly string[]) {
  const ended = await place.baton([...args, '--json'], { env: environmentOf(servers) });
  return { ...ended, events: ['run', 'resume'].includes(args[0] ?? '') ? eventsIn(ended.stdout) : [] };
}

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  const [claude, gemini, openai] = await Promise.all([
    startVendorServer(),
    startVendorServer(),
    startVendorServer(),
  ]);
  servers = { claude, gemini, openai };
  place = await Workplace.make();
  await cp(examples, place.workspace, { recursive: true });
});
afterEach(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  await place.remove();
});

/** Which tools ran, by whom, in the order of their beginnings. */
const toolsOf = (events: readonly RunEvent[]) =>
  of(events, 'tool-started').map(({ agent, tool }) => `${agent} ${tool}`);
/** A call that came to nothing by itself or by a refusal. */
const wrong = (events: readonly RunEvent[]) =>
  of(events, 'tool-completed').filter(({ isError, refused }) => isError || refused !== undefined);

function expectEachOnce(events: readonly RunEvent[]): void {
  const begun = of(events, 'tool-started').map(({ key }) => key);
  expect(new Set(begun).size).toBe(begun.length);
  expect(
    of(events, 'tool-completed')
      .map(({ key }) => key)
      .sort(),
  ).toEqual([...begun].sort());
  expect(wrong(events)).toEqual([]);
}

describe('multi-agent-collaboration', () => {
  it('lets one ask three others, mends two files, puts one of them back at the gate and the other after the end', async () => {
    collaborationModels(servers);
    const first = await baton('run', 'workflows/multi-agent-collaboration.yaml');
    expect(first.code).toBe(3);
    const { events } = first;
    expectEachOnce(events);
    expect(toolsOf(events).sort()).toEqual([
      'backend edit_file',
      'backend edit_file',
      'backend read_file',
      'backend read_file',
      'orchestrator delegate_many',
      'performance read_file',
      'performance read_file',
      'quality find_references',
      'quality read_file',
      'security read_file',
      'security read_file',
    ]);

    // What rules found reaches the one who asks; what three agents said reaches it as data; the joined list reaches who mends.
    const [asked = '', joined = ''] = toldTo(servers.claude, 'orchestrator');
    expect(asked).toMatch(/<data-\w+ what="result of step \\"lint\\" \(completed\)">/);
    expect(asked).toContain('lint/assignment-in-condition');
    for (const said of ['eval-of-input', 'every order is an express order', 'two questions in all'])
      expect(joined).toContain(said);
    expect(toldTo(servers.claude, 'backend')[0]).toContain('src/server.js:34 runs what visitors send');
    const spoke = of(events, 'message-sent')
      .map(({ message }) => message.from.replace(/-\w+$/, ''))
      .sort();
    // Three asked, three answered: all of it stands in the run.
    expect(spoke).toEqual(['look', 'look', 'look', 'look/performance', 'look/quality', 'look/security']);

    expect(of(events, 'approval-requested')).toMatchObject([
      {
        approval: {
          kind: 'gate',
          step: 'mend',
          shown: { changes: [{ path: 'src/pricing.js' }, { path: 'src/server.js' }] },
        },
      },
    ]);
    const mended = await Promise.all(
      MENDS.map(async ({ path: name, old_text, new_text }) =>
        (await original(name)).replace(old_text, new_text),
      ),
    );
    expect([await place.read('src/pricing.js'), await place.read('src/server.js')]).toEqual(mended);

    const back = await baton('undo', 'last', 'mend', '--file', 'src/server.js');
    expect(back.code).toBe(0);
    expect(await place.read('src/server.js')).toBe(await original('src/server.js'));
    expect(await place.read('src/pricing.js')).toBe(mended[0]);

    expect((await baton('approve', 'last', 'mend', '--action', 'approve')).code).toBe(0);
    const second = await baton('resume', 'last');
    expect(second.code).toBe(0);
    expect(JSON.stringify(outputOf(second.events, 'tests'))).toContain('# pass 1');
    // Nobody was asked again.
    expect(toolsOf(second.events)).toEqual([]);
    expect(of(second.events, 'call-answered')).toEqual([]);

    expect((await baton('undo', 'last', 'mend')).code).toBe(0);
    expect(await place.read('src/pricing.js')).toBe(await original('src/pricing.js'));
    expect(await place.read('src/server.js')).toBe(await original('src/server.js'));
  }, 60_000);
});

describe('provider-fallback', () => {
  it('goes on with the next provider in the middle of the work, and nothing is read twice', async () => {
    fallbackModels(servers);
    const { code, stderr, events } = await baton('run', 'workflows/provider-fallback.yaml');
    expect(code).toBe(0);
    expect(outputOf(events, 'read')).toEqual(FOUND);
    expect(outputOf(events, 'note')).toEqual(NOTE);
    expectEachOnce(events);
    expect(of(events, 'tool-started').map(({ arguments: args }) => args)).toEqual([
      { path: 'src/pricing.js' },
      { path: 'src/customers.js' },
    ]);
    expect(of(events, 'call-answered').map(({ step, model }) => `${step} ${model.provider}`)).toEqual([
      'read claude',
      'read gemini',
      'read gemini',
      'note openai',
    ]);
    const failed = of(events, 'call-failed').map(({ step, fault, next }) => `${step} ${fault} ${next}`);
    // Whose last two requests failed is asked after the others for a while: the next turn goes on with Gemini at once.
    expect(failed).toEqual(['read overloaded retry', 'read overloaded fallback']);
    expect([servers.claude.asked(), servers.gemini.asked(), servers.openai.asked()]).toEqual([3, 2, 1]);
    // The next provider is told what the first one's tool gave, in its own words.
    expect(toldTo(servers.gemini, 'researcher')[0]).toContain('order.express = true');
    expect(toldTo(servers.openai, 'writer')[0]).toContain(FOUND.explanation);
    expect(stderr).toContain('read: Claude overloaded, answered by Gemini');
  }, 60_000);
});

describe('agent-code-intelligence', () => {
  it('finds by the code itself what a change would touch, and looks again at the word of a person', async () => {
    intelligenceModels(servers);
    const asked = ['workflows/agent-code-intelligence.yaml', '--input', 'symbol=discountFor'];
    const first = await baton('run', ...asked);
    expect(first.code).toBe(3);
    expectEachOnce(first.events);
    const told = toldTo(servers.claude, 'architect').at(-1);
    expect(told).toContain('Somebody wants to change discountFor.');
    for (const [place, code] of [
      ['src/customers.js:10:10', 'function discountFor'],
      ['src/pricing.js:9:23', 'return total * (1 - discountFor(order.customerId));'],
      ['src/customers.js:14:34', 'module.exports = { customerById, discountFor };'],
    ])
      expect(told).toContain(`${place} ${code}`);
    // Who answered is said: there is no editor here.
    expect(told).toContain('Asked: parser fallback');
    expect(of(first.events, 'approval-requested')[0]?.approval.shown.output).toMatchObject({
      uses: [USES[0]],
    });

    const again = ['--action', 'retry', '--comment', 'The export counts, too.'];
    expect((await baton('approve', 'last', 'trace', ...again)).code).toBe(0);
    const second = await baton('resume', 'last');
    expect(second.code).toBe(3);
    expectEachOnce(second.events);
    expect(of(second.events, 'approval-requested')[0]?.approval.shown.output).toEqual({
      definition: 'src/customers.js:10',
      uses: USES,
      risk: 'medium',
    });
    expect((await baton('approve', 'last', 'trace', '--action', 'approve')).code).toBe(0);
    const third = await baton('resume', 'last');
    expect(third.code).toBe(0);
    expect(toldTo(servers.claude, 'testing')[0]).toContain(USES[1]);
    expect(outputOf(third.events, 'tests')).toEqual({
      cases: [{ name: 'a regular gets a tenth off', checks: 'the price of a tea' }],
    });
  }, 60_000);
});
