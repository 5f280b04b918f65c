import type { JsonObject, JsonValue } from '../../base/json';
import { isJsonObject } from '../../base/json';
import type { Diagnostic } from '../../model/diagnostic';
import { FrontMatter, type Place } from '../../workflow/front-matter';
import type { AnswerCheck } from '../profile/answer-faults';
import { ownTool } from './own-tool-names';
import { ProfileFields } from '../profile/profile-fields';

/** What a person's agent file says, before it is set against Baton's own agents and their rights. */
export interface OwnAgentFile {
  /** Kebab-case: of the field, else of the file. */
  readonly name: string;
  readonly description: string;
  /** Baton's names; undefined when the file names no tools. */
  readonly tools?: readonly string[];
  /** `server/tool` or `server/*` of servers that the person may have set up. */
  readonly serverTools: readonly string[];
  /** Providers, or "provider/model", the most wanted first. */
  readonly prefer: readonly string[];
  /** Other agents it may hand work to; undefined: as its rights say. */
  readonly agents?: readonly string[];
  readonly handoffs: readonly { readonly label: string; readonly agent: string; readonly prompt: string }[];
  readonly output?: JsonObject;
  readonly checks: readonly AnswerCheck[];
  readonly prompt: string;
}

/** Fields that other programs read and that mean nothing here, or would give rights that no file can give. */
const OTHERS = new Set([
  'argument-hint',
  'target',
  'infer',
  'user-invokable',
  'user-invocable',
  'disable-model-invocation',
  'color',
  'skills',
  'memory',
  'effort',
  'metadata',
]);
const RIGHTS = new Set([
  'permissionMode',
  'permissions',
  'hooks',
  'mcp-servers',
  'mcpServers',
  'disallowedTools',
]);
const READ = new Set(['name', 'description', 'tools', 'model', 'agents', 'handoffs', 'output', 'checks']);
const PLAIN = /^(name|description|tools|model|argument-hint):[ \t]([^\r\n]*)/gm;
const MOST_ITEMS = 64;
const LONGEST_DESCRIPTION = 300;
/** Marks that turn the reading direction around, and letters that no screen shows: a prompt is only what a person can see of it. */
const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/** Reads a person's agent file. Every form that VS Code and others write is taken; `file` is absent after an error. */
export function readOwnAgentFile(
  text: string,
  fileName: string,
): { readonly file?: OwnAgentFile; readonly diagnostics: readonly Diagnostic[] } {
  const head = headOf(text);
  const fields = new ProfileFields(head);
  for (const key of head.keys()) {
    if (RIGHTS.has(key))
      head.warn(
        'no-rights',
        `"${key}" is not read: what an agent may do is decided by you, not by a file.`,
        key,
      );
    else if (!READ.has(key) && !OTHERS.has(key)) head.inform('unknown-key', `"${key}" is not read.`, key);
  }
  const { tools, serverTools } = toolsOf(head);
  const agents = head.value('agents') === undefined ? undefined : texts(head, 'agents');
  const output = fields.schema('output');
  const file: OwnAgentFile = {
    name: nameOf(head, fileName),
    description: descriptionOf(head, fileName),
    ...(tools !== undefined && { tools }),
    serverTools,
    prefer: texts(head, 'model').flatMap((model, index) => preferenceOf(head, model, index)),
    ...(agents !== undefined && { agents }),
    handoffs: handoffsOf(head),
    ...(output !== undefined && { output }),
    checks: fields.checks(),
    prompt: fields.prompt().replace(UNSEEN, ''),
  };
  const diagnostics = [...head.diagnostics(), ...unseenIn(head)];
  return { ...(!head.hasErrors && { file }), diagnostics };
}

/** As YAML; else once more with plain texts quoted, for people write `description: Use it when: ...`. */
function headOf(text: string): FrontMatter {
  const strict = new FrontMatter(text);
  if (!strict.hasErrors) return strict;
  const end = /^---[ \t]*$/m.exec(text.slice(4))?.index ?? 0;
  // No pattern runs over what stands behind the value: a line may be long and made of spaces.
  const quoted = text
    .slice(0, end + 4)
    .replace(PLAIN, (_line, key: string, value: string) => `${key}: ${JSON.stringify(value.trim())}`);
  const loose = new FrontMatter(quoted + text.slice(end + 4));
  return loose.hasErrors ? strict : loose;
}

function nameOf(head: FrontMatter, fileName: string): string {
  const given = head.value('name');
  if (given !== undefined && typeof given !== 'string') head.error('wrong-type', '"name" is a text.', 'name');
  const name =
    kebab(typeof given === 'string' ? given : '') || kebab(fileName.replace(/(?:\.agent)?\.md$/i, ''));
  if (name === '') head.error('bad-name', 'The agent has no name of letters and digits.', 'name');
  return name;
}

function kebab(name: string): string {
  return name
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}

function descriptionOf(head: FrontMatter, fileName: string): string {
  const given = head.value('description');
  if (given !== undefined && typeof given !== 'string')
    head.error('wrong-type', '"description" is a text.', 'description');
  const line = typeof given === 'string' ? given.replace(UNSEEN, '').replace(/\s+/g, ' ').trim() : '';
  if (line === '') return `The agent of ${fileName}.`;
  return line.length <= LONGEST_DESCRIPTION ? line : `${line.slice(0, LONGEST_DESCRIPTION - 1)}…`;
}

function toolsOf(head: FrontMatter): {
  readonly tools?: readonly string[];
  readonly serverTools: readonly string[];
} {
  const given = head.value('tools');
  // Some write an empty field to mean "all"; here it means what it says.
  if (given === undefined) return { serverTools: [] };
  const tools = new Set<string>();
  const serverTools = new Set<string>();
  for (const [index, name] of texts(head, 'tools').entries()) {
    const tool = ownTool(name);
    if ('tools' in tool) for (const one of tool.tools) tools.add(one);
    else if ('server' in tool) serverTools.add(tool.server);
    else
      head.warn(
        'unknown-tool',
        `"${tool.unknown}" is no tool here; the agent does not get it.`,
        place(given, 'tools', index),
      );
  }
  return { tools: [...tools], serverTools: [...serverTools] };
}

/** A list of texts, or one text with commas. */
function texts(head: FrontMatter, field: string): string[] {
  const given = head.value(field);
  if (given === undefined || given === null) return [];
  const list = typeof given === 'string' ? given.split(',') : given;
  if (!Array.isArray(list)) {
    head.error('wrong-type', `"${field}" is a list of texts.`, field);
    return [];
  }
  const items = list as readonly JsonValue[];
  if (items.length > MOST_ITEMS)
    head.error('too-many', `"${field}" has more than ${MOST_ITEMS} items.`, field);
  return items.slice(0, MOST_ITEMS).flatMap((item, index) => {
    if (typeof item === 'string') return item.trim() === '' ? [] : [item.trim()];
    head.error('wrong-type', `An item of "${field}" is no text.`, [field, index]);
    return [];
  });
}

/** The provider of a model that other programs name in their own way. */
function preferenceOf(head: FrontMatter, model: string, index: number): string[] {
  if (/^(?:inherit|auto)$/i.test(model)) return [];
  if (/^(?:claude|gemini|openai|vscode)(?:\/[\w.:-]{1,100})?$/.test(model)) return [model];
  if (/\([^)]*\)\s*$/.test(model)) return ['vscode'];
  if (/claude|sonnet|opus|haiku/i.test(model)) return ['claude'];
  if (/gemini/i.test(model)) return ['gemini'];
  if (/gpt|codex|^o\d/i.test(model)) return ['openai'];
  head.inform(
    'unknown-model',
    `Nobody here is known to have the model "${model}".`,
    place(head.value('model'), 'model', index),
  );
  return [];
}

function handoffsOf(head: FrontMatter): OwnAgentFile['handoffs'] {
  const given = head.value('handoffs');
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    head.error('wrong-type', '"handoffs" is a list.', 'handoffs');
    return [];
  }
  return (given as readonly JsonValue[]).slice(0, MOST_ITEMS).flatMap((handoff, index) => {
    if (isJsonObject(handoff) && typeof handoff['agent'] === 'string') {
      const { agent, label, prompt } = handoff;
      const text = (value: JsonValue | undefined) => (typeof value === 'string' ? value : '');
      return [
        {
          agent: kebab(agent),
          label: text(label).replace(UNSEEN, ''),
          prompt: text(prompt).replace(UNSEEN, ''),
        },
      ];
    }
    head.warn('bad-handoff', 'A handoff names its "agent".', ['handoffs', index]);
    return [];
  });
}

function place(given: JsonValue | undefined, field: string, index: number): Place {
  return Array.isArray(given) ? [field, index] : field;
}

/** Told at its line, for what a person cannot see was not agreed to. */
function unseenIn(head: FrontMatter): Diagnostic[] {
  const at = head.body.search(UNSEEN);
  if (at < 0) return [];
  const before = head.body.slice(0, at).split('\n');
  const start = { line: head.bodyLine + before.length - 1, column: (before.at(-1)?.length ?? 0) + 1 };
  const message = 'The prompt holds characters that cannot be seen; they are left out.';
  return [
    {
      severity: 'warning',
      code: 'invisible-character',
      message,
      range: { start, end: { ...start, column: start.column + 1 } },
    },
  ];
}
