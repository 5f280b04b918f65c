import { isJsonObject, type JsonValue } from '../base/json';
import type { CollaborationBody, Message } from './message';

/** Characters of what is named in a line. */
const LONGEST = 100;

/** "write_file src/a.ts", "run_command npm test": the call in one line for people. */
export function callTitle(tool: string, args: JsonValue): string {
  const told = toldOf(args);
  return told === '' ? tool : `${tool} ${told}`;
}

/** What a call is about: its path, command, address or question. */
function toldOf(args: JsonValue): string {
  if (!isJsonObject(args)) return '';
  const { program, arguments: words } = args;
  if (typeof program === 'string' && program !== '')
    return oneLine(Array.isArray(words) ? [program, words.join(' ')].join(' ') : program);
  if (typeof args['patch'] === 'string') return oneLine(filesIn(args['patch']).join(', '));
  for (const name of [
    'path',
    'name',
    'command',
    'shellText',
    'url',
    'query',
    'pattern',
    'symbol',
    'agent',
    'agents',
    'task',
    'to',
    'key',
  ]) {
    const value = args[name];
    if (typeof value === 'string' && value !== '') return oneLine(value);
    if (Array.isArray(value) && value.length > 0) return oneLine(value.join(' '));
  }
  return '';
}

/** The files of a unified diff, each once. */
function filesIn(patch: string): readonly string[] {
  const sides = [...patch.matchAll(/^(?:---|\+\+\+) (?:[ab]\/)?([^\t\n]+)/gm)].map(([, path = '']) =>
    path.trim(),
  );
  return [...new Set(sides)].filter((path) => path !== '/dev/null');
}

/** "review asks security: look at the login", for people: who said what to whom. */
function messageLine(message: Message): string {
  const whom = message.way.type === 'topic' ? `#${message.way.topic}` : message.to.join(', ');
  return `${message.from} ${VERBS[message.type]} ${whom === '' ? 'nobody' : whom}: ${oneLine(messageText(message))}`;
}

/** What a message says, as plain text. */
export function messageText(message: Message): string {
  switch (message.type) {
    case 'context_share':
      return `${message.body.key} (version ${message.body.version})${message.body.note === undefined ? '' : ` ${message.body.note}`}`;
    case 'result_handoff':
      return message.body.summary;
    case 'request':
      return message.body.task;
    case 'response':
      return message.body.summary ?? textOf(message.body.output);
    case 'notification':
      return message.body.text;
    case 'error':
      return message.body.message;
    case 'state_update':
      return message.body.state;
    default:
      return message satisfies never;
  }
}

const VERBS: Readonly<Record<Message['type'], string>> = {
  context_share: 'shares with',
  result_handoff: 'hands its result to',
  request: 'asks',
  response: 'answers',
  notification: 'tells',
  error: 'tells of a fault to',
  state_update: 'tells its state to',
};

/** One thing that happened among agents, for people. */
export function talkLine(body: CollaborationBody): string {
  switch (body.type) {
    case 'agent-joined':
      return `${body.participant} takes part`;
    case 'agent-left':
      return `${body.participant} ${body.reason === 'ended' ? 'is done' : 'was interrupted'}`;
    case 'topic-subscribed':
      return `${body.participant} listens to #${body.topic}`;
    case 'topic-unsubscribed':
      return `${body.participant} no longer listens to #${body.topic}`;
    case 'message-sent':
      return messageLine(body.message);
    case 'message-read':
      return `${body.participant} read ${body.messages.length === 1 ? 'a message' : `${body.messages.length} messages`}`;
    case 'message-quarantined':
      return `a message to ${body.participant} was put aside: ${oneLine(body.reason)}`;
    case 'request-expired':
      return 'a request was not answered in time';
    case 'context-changed':
      return `${body.by} sets ${body.key} (version ${body.version})`;
    case 'context-locked':
      return `${body.by} locks ${body.key}`;
    case 'context-unlocked':
      return `${body.by} unlocks ${body.key}`;
    default:
      return body satisfies never;
  }
}

function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (isJsonObject(value) && typeof value['text'] === 'string') return value['text'];
  return JSON.stringify(value);
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
