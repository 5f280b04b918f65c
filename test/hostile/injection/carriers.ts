/* The ways by which words of others reach a model. Each brings a text in without a question, or with one that a person would allow. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../../src/core/base/json';
import type { Outdoors } from '../model/outdoors';
import { RULED_HOST } from '../model/outdoors';

export type Asked = readonly [tool: string, args: JsonObject];

export interface Stage {
  readonly workspace: string;
  readonly outdoors: Outdoors;
}

export interface Carrier {
  readonly name: string;
  /** Lays the text where it comes from. */
  readonly lay: (stage: Stage, text: string) => Promise<void>;
  /** What a model does to take it in; nothing where it comes by itself. */
  readonly takeIn: readonly Asked[];
  /** So many texts have room at once; default: any number. */
  readonly room?: number;
  /** What another step of the run says or does first. */
  readonly other?: (texts: readonly string[]) => readonly Asked[];
  /** The other step's result holds it, and the one that takes it in comes behind. */
  readonly isUpstream?: true;
}

const nowhere = () => Promise.resolve();
const said = ({ outdoors }: Stage, text: string) => writeFile(outdoors.saidFile, `${text}\n`);
const outside = ({ outdoors }: Stage, text: string) => Promise.resolve(outdoors.says(text));

export const carriers: readonly Carrier[] = [
  {
    name: 'the content of a file',
    lay: ({ workspace }, text) => writeFile(path.join(workspace, 'notes.md'), `# Notes\n\n${text}\n`),
    takeIn: [['read_file', { path: 'notes.md' }]],
  },
  {
    name: 'the name of a file',
    lay: async ({ workspace }, text) => {
      await rm(path.join(workspace, 'inbox'), { recursive: true, force: true });
      await mkdir(path.join(workspace, 'inbox'));
      // Names hold no slash, and not every sign.
      for (const [index, line] of text.split('\n').entries())
        await writeFile(
          path.join(workspace, 'inbox', `${index} ${line.replaceAll('/', ' ').slice(0, 180)}`),
          '',
        );
    },
    takeIn: [['list_files', { path: 'inbox' }]],
  },
  { name: 'a page', lay: outside, takeIn: [['fetch_page', { url: `https://${RULED_HOST}/notes` }]] },
  { name: 'a result of a search', lay: outside, takeIn: [['web_search', { query: 'notes' }]], room: 3 },
  { name: 'the result of a tool', lay: said, takeIn: [['run_command', { program: 'say' }]] },
  {
    name: 'a message of another agent',
    lay: nowhere,
    takeIn: [['read_messages', {}]],
    other: (texts) => texts.map((text) => ['broadcast', { text }]),
  },
  {
    name: 'what agents share',
    lay: nowhere,
    takeIn: [['read_shared', { key: 'plan-0' }]],
    other: (texts) => texts.map((value, index) => ['share', { key: `plan-${index}`, value }]),
  },
  { name: "the description of a server's tool", lay: said, takeIn: [] },
  { name: "the result of a server's tool", lay: said, takeIn: [['mcp_teller_note', {}]] },
  { name: 'an issue', lay: outside, takeIn: [['github_search_issues', { query: 'notes' }]], room: 2 },
  { name: 'the result of a step before', lay: nowhere, takeIn: [], isUpstream: true },
  { name: 'the output of tests', lay: said, takeIn: [['run_tests', {}]], room: 10 },
];

/** Calls that a person would allow, so that their results come in at all. */
export const LET_IN: ReadonlySet<string> = new Set(['mcp_teller_note', 'run_tests']);
