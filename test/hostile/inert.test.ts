import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followRun } from '../../src/cli/follow';
import type { JsonObject } from '../../src/core/base/json';
import type { RunEvent } from '../../src/core/model/events';
import { foldAll } from '../../src/core/model/run-state';
import type { Runtime } from '../../src/core/runtime-port';
import { fakeContext } from '../cli/fake-runtime';
import { ansiTexts, injections, markdownTexts, pollutions } from './fixtures';
import { begin, openOf, openTheatre, turnsIn, type Theatre } from './injection/theatre';
import type { Asked } from './injection/carriers';

/** What moves a cursor, reaches the clipboard, turns a line around or hides in it. */
const RAW =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u;

const polluting = pollutions.flatMap(({ json }) => (json === undefined ? [] : [json]));
const payloads = [...ansiTexts, ...markdownTexts, ...polluting, ...injections.map(({ text }) => text)];

/** Every payload comes as a file, as the output of a program, as words and arguments of the model, and by what agents share. */
const turns = (): readonly (readonly Asked[])[] => [
  payloads.map((_, index) => ['read_file', { path: `inbox/${index}.md` }]),
  [
    ['run_command', { program: 'say' }],
    ['search_files', { pattern: '.', path: 'inbox' }],
    ['list_files', { path: 'inbox' }],
  ],
  [
    ...ansiTexts.map((text): Asked => [`no${text}`.slice(0, 40), { text }]),
    ...polluting.map((json): Asked => ['read_file', JSON.parse(json) as JsonObject]),
    ['write_file', { path: `inbox/${ansiTexts[0] ?? ''}.md`, content: 'x' }],
  ],
  [
    // An agent has so many calls and no more.
    ...payloads.slice(-20).map((value, index): Asked => ['share', { key: `p${index}`, value }]),
    ['share', { key: '__proto__', value: '{"polluted":1}' }],
  ],
  [
    ['read_shared', {}],
    ['write_file', { path: 'out.md', content: payloads.join('\n') }],
  ],
];

describe('what tools and models say', () => {
  let theatre: Theatre;
  let runtime: Runtime;
  let runId: string;
  let events: readonly RunEvent[];
  beforeAll(async () => {
    theatre = await openTheatre();
    const { workspace } = theatre.folder;
    await mkdir(path.join(workspace, 'inbox'));
    for (const [index, text] of payloads.entries())
      await writeFile(path.join(workspace, `inbox/${index}.md`), text);
    await writeFile(path.join(workspace, 'inbox', '\u001b]0;title\u0007\u202Egpj.md'), '');
    await writeFile(theatre.outdoors.saidFile, payloads.join('\n'));
    const script = turns();
    theatre.plays((request) => script[turnsIn(request)] ?? payloads.join('\n'));
    runtime = await theatre.open();
    const two = `name: told\nsteps:\n  - key: held\n    agent: victim\n    prompt: Do it.\n  - key: beside\n    run: "true"\n    dependsOn: [held]\n  - key: other\n    agent: victim\n    prompt: Do it.\n`;
    runId = await begin(runtime, two, 'auto');
    await runtime.whenIdle(runId);
    events = await runtime.events(runId);
  });
  afterAll(() => theatre.close());

  it('was said: the calls were made, and their results recorded', () => {
    const completed = events.filter(({ type }) => type === 'tool-completed');
    expect(completed.length).toBeGreaterThan(payloads.length * 2);
    expect(JSON.stringify(events)).toContain('attacker.invalid');
  });

  it('stands in results without a character that a terminal or a reader could be deceived by', () => {
    const told = events.flatMap((event) => {
      if (event.type !== 'tool-completed') return [];
      const { text } = event.result as { readonly text?: string };
      return text === undefined ? [] : [text];
    });
    expect(told.length).toBeGreaterThan(payloads.length);
    expect(told.filter((text) => RAW.test(text.replaceAll(/[\n\r\t]/g, '')))).toEqual([]);
  });

  it('makes no record of its own in the journal', async () => {
    const files = (await readdir(runtime.stateFolder, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    const lines: string[] = [];
    for (const { parentPath, name } of files) {
      const text = await readFile(path.join(parentPath, name), 'utf8');
      if (text.includes(runId) && text.startsWith('{'))
        lines.push(...text.split('\n').filter((line) => line !== ''));
      // In a file that is read line by line nothing but a line's end is no letter.
      if (name.endsWith('.jsonl'))
        expect([name, /[\u0000-\u0009\u000b-\u001f]/.test(text)]).toEqual([name, false]);
    }
    const forged = lines.filter((line) => /^\{"seq":99999|^\{"type":"approval_response"/.test(line));
    expect(forged).toEqual([]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('pollutes nothing: neither objects, nor the state that is folded from it, nor what a view is told', () => {
    const state = foldAll(events);
    const told = structuredClone(state) as unknown as Record<string, unknown>;
    for (const one of [{}, told, Object.create(null) as object, []])
      expect([(one as { polluted?: unknown }).polluted, (one as { approved?: unknown }).approved]).toEqual([
        undefined,
        undefined,
      ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(JSON.parse(JSON.stringify(state))).toBeDefined();
  });

  it.each([{ json: true }, { json: false }])(
    'is shown on a terminal as letters (json: $json)',
    async ({ json }) => {
      const { context, out, ...rest } = fakeContext([], { json });
      await followRun(context, runtime, runId, { afterSeq: 0, ask: false });
      const all = [
        ...out,
        ...Object.values(rest).flatMap((value) => (Array.isArray(value) ? value.map(String) : [])),
      ].join('\n');
      expect(all.length).toBeGreaterThan(200);
      expect(RAW.exec(all.replaceAll(/[\n\t]/g, ''))).toBeNull();
      if (json) for (const line of out) expect(JSON.parse(line)).toMatchObject({ runId });
    },
  );

  it('is what a person is asked about, letter by letter', async () => {
    const open = await openOf(runtime, runId);
    expect(open.length).toBeGreaterThan(0);
    const texts: string[] = [];
    const collect = (value: unknown): void => {
      if (typeof value === 'string') texts.push(value);
      else if (typeof value === 'object' && value !== null)
        for (const inner of Object.values(value)) collect(inner);
    };
    for (const { approval } of open) for (const { shown } of approval.shown.calls ?? []) collect(shown);
    expect(texts.join('').length).toBeGreaterThan(500);
    expect(texts.filter((text) => RAW.test(text.replaceAll(/[\n\r\t]/g, '')))).toEqual([]);
  });
});
