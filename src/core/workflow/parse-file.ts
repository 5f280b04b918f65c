import type { Host, WorkerPort } from '../host';
import { BatonError, messageOf } from '../model/errors';
import type { ParsedWorkflow } from './parsed-workflow';
import { readIncluded } from './included-files';
import { parseWorkflow, type ParseResult } from './parse';
import type { KnownAgent } from './read/agents';
import { RecentFiles } from './recent-files';
import type { IncludedFile } from './source/read-yaml';

export interface WorkflowFile {
  readonly text: string;
  /** Relative to the workspace folder with forward slashes, or absolute. */
  readonly path: string;
  /** Absolute path of the workspace folder; without it no `!file` can be read. */
  readonly workspace?: string;
  readonly knownAgents: readonly KnownAgent[];
}

/** What the worker is asked. */
export interface ParseQuestion {
  readonly text: string;
  readonly path: string;
  readonly knownAgents: readonly KnownAgent[];
  readonly included: readonly (readonly [string, IncludedFile])[];
}

/** A file of more characters, or with more signs that YAML looks at, is read in a worker. */
const INLINE_LENGTH = 32_000;
const INLINE_SIGNS = 8_000;
/** A file that takes longer is refused. */
const PARSE_MS = 1_000;
/**
 * What the worker's warm-up takes on a machine that has time. Where it took longer, others use the machine too, and
 * the file gets as much more: it is the file that is judged, not the machine.
 */
const WARM_UP_MS = 60;
const MOST_PATIENCE = 8;
/** For the thread to begin, which is not the file's fault. */
const START_MS = 20_000;

/** One memory for each host, and gone with it. */
const recentFiles = new WeakMap<Host, RecentFiles>();

/** Parses a workflow and the files it pulls in. Never throws for what a file says; never blocks for long. */
export async function parseWorkflowFile(host: Host, file: WorkflowFile): Promise<ParsedWorkflow> {
  const recent = recentFiles.get(host) ?? new RecentFiles();
  recentFiles.set(host, recent);
  const known = recent.get(file.path, file.text, file.knownAgents);
  if (known !== undefined) return known;
  const { parsed, isWhole } = await parseAnew(host, file);
  if (isWhole) recent.keep(file.path, file.text, file.knownAgents, parsed);
  return parsed;
}

/** `isWhole`: the text alone decides the result, and it would be the same again. */
interface Parsed {
  readonly parsed: ParsedWorkflow;
  readonly isWhole: boolean;
}

async function parseAnew(host: Host, file: WorkflowFile): Promise<Parsed> {
  const question = { text: file.text, path: file.path, knownAgents: file.knownAgents, included: [] };
  if (isSmall(file.text)) {
    return withIncluded(host, file, question, async (asked) => parseHere(host, asked));
  }
  const worker = host.workers.start('parse');
  try {
    const warmUp = Number(await worker.ask('ready', { timeoutMs: START_MS }));
    const patience = Math.min(MOST_PATIENCE, Math.max(1, warmUp / WARM_UP_MS));
    const timeoutMs = Math.round(PARSE_MS * patience);
    return await withIncluded(host, file, question, (asked) => parseThere(worker, asked, timeoutMs));
  } catch (error) {
    if (error instanceof BatonError && error.code === 'worker-timeout') {
      const message = `Reading this file takes longer than ${PARSE_MS} ms.`;
      return { parsed: refused('too-slow', message, 'Make it smaller.'), isWhole: false };
    }
    // A file that ends the thread (memory, stack) has ended nothing else.
    return {
      parsed: refused('unreadable', `This file cannot be read: ${messageOf(error)}.`),
      isWhole: false,
    };
  } finally {
    worker.dispose();
  }
}

function isSmall(text: string): boolean {
  if (text.length > INLINE_LENGTH) return false;
  let signs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Brackets, comma, colon, hash, hyphen, question mark, line end: each costs a token.
    if (code === 0x0a || code === 0x2c || code === 0x2d || code === 0x3a || code === 0x23 || code === 0x3f)
      signs++;
    else if (code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d) signs++;
  }
  return signs <= INLINE_SIGNS;
}

async function withIncluded(
  host: Host,
  file: WorkflowFile,
  question: ParseQuestion,
  parse: (question: ParseQuestion) => Promise<ParseResult>,
): Promise<Parsed> {
  const first = await parse(question);
  if (first.wanted.length === 0) return { parsed: first, isWhole: true };
  const included = await readIncluded(host.files, file, first.wanted);
  return { parsed: await parse({ ...question, included }), isWhole: false };
}

function parseHere(host: Host, { included, ...request }: ParseQuestion): ParseResult {
  const files = new Map(included);
  return parseWorkflow({
    ...request,
    sha256: (text) => host.sha256(text),
    readFile: (path) => files.get(path),
  });
}

async function parseThere(
  worker: WorkerPort,
  question: ParseQuestion,
  timeoutMs: number,
): Promise<ParseResult> {
  return (await worker.ask(question, { timeoutMs })) as ParseResult;
}

function refused(code: string, message: string, suggestion?: string): ParsedWorkflow {
  const start = { line: 1, column: 1 };
  return {
    dialect: 'baton',
    diagnostics: [
      {
        severity: 'error',
        code,
        message,
        range: { start, end: start },
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ],
    mappings: [],
    unsupported: [],
    positions: {},
  };
}
