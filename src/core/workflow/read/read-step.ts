import type { JsonObject } from '../../base/json';
import type { Step } from '../../model/workflow';
import type { Dialect } from '../parsed-workflow';
import { slug } from '../slug';
import { entryOf, type MapNode, type ScalarNode, type SourceNode, type Span } from '../source/node';
import type { Report } from '../source/report';
import type { AgentNames } from './agents';
import { Fields, type Field } from './fields';
import { readName } from './names';
import { PLAIN_APPROVAL, readApproval } from './read-approval';
import { readProvider } from './read-provider';
import { readRetry } from './read-retry';
import type { StepDraft } from './step-draft';
import {
  isAbsent,
  isInsideGlob,
  readChoice,
  readCount,
  readDuration,
  readFlag,
  readJsonObject,
  readMap,
  readNumber,
  readText,
  readTexts,
  refusePrototypeKeys,
  scalarText,
} from './values';

export interface StepRules {
  readonly dialect: Dialect;
  /** What a bare number of `timeout` counts. */
  readonly unit: 'ms' | 's';
  /** Place in the definition of the list's first step: `phases:` follow `steps:`. */
  readonly offset: number;
  readonly agents: AgentNames;
}

/** Features of steps that are understood and do not work yet. */
const NOT_YET = [
  'compensate',
  'rollback',
  'matrix',
  'strategy',
  'foreach',
  'for_each',
  'uses',
  'workflow',
  'finally',
  'maxParallel',
];
/** Keys of a step in other programs, and what does the same here. */
const IN_COMMAND = 'Write "cd FOLDER && ..." into the command: it begins in the workspace folder.';
const ELSEWHERE: Readonly<Record<string, string>> = {
  env: 'Write "env:" beside "steps:": commands get all of it.',
  cwd: IN_COMMAND,
  dir: IN_COMMAND,
  'working-directory': IN_COMMAND,
  workingDirectory: IN_COMMAND,
  shell:
    'Commands run in the system\'s shell; name another one in the command, or write a list: [bash, -c, "..."].',
};

/** One item of `steps:` or `phases:`. Undefined when it has no usable key, which is reported. */
export function readStep(
  item: SourceNode,
  path: string,
  target: string,
  rules: StepRules,
  report: Report,
): StepDraft | undefined {
  if (item.kind !== 'map') {
    report.error('wrong-type', 'A step must be a mapping.', item, 'For example {key: lint, agent: quality}.');
    return undefined;
  }
  const fields = new Fields(item, path, report, target);
  const identity = readIdentity(fields, item, report);
  if (identity === undefined) {
    for (const entry of item.entries)
      report.map(fields.at(entry.key), 'refused', 'the step has no usable key');
    return undefined;
  }
  const { key, title } = identity;
  const description = readText(fields.take('description'), report);
  const agent = rules.agents.read(fields.take('agent', ['agent_type', 'agentType']), report);
  const action = readText(fields.take('action', ['method']), report);
  const prompt = scalarOf(fields.take('prompt'), report);
  const withField = fields.take('with');
  const withNode = readMap(withField, report);
  if (withField && withNode) report.mapBelow(withNode, withField.path, 'mapped', 'kept as it is', true);
  if (withNode) refusePrototypeKeys(withNode, report);
  const run = readRun(fields.take('run'), report);
  const dependencies =
    readTexts(fields.take('dependsOn', ['dependencies', 'depends_on', 'needs']), report) ?? [];
  const condition = scalarOf(fields.take('if', ['when', 'condition']), report);
  const tolerance = readTolerance(fields, report);
  const onError =
    readChoice(fields.take('onError', ['on_error']), report, ['fail', 'ask'] as const) ?? 'fail';
  const retries = fields.take('retry', [
    'retries',
    'maxRetries',
    'max_retries',
    'retryPolicy',
    'retry_policy',
  ]);
  let retry = readRetry(retries, `${target}.retry`, report);
  let idempotent = readFlag(fields.take('idempotent'), report);
  if (rules.dialect === 'automatosx-iterate') {
    const retryable = fields.take('retryable', [], 'idempotent');
    idempotent ??= readFlag(retryable, report);
    if (retryable && idempotent === false) {
      retry = [];
      report.map(
        retryable.path,
        'mapped',
        `${target}.idempotent = false, ${target}.retry = []: never run twice by itself`,
      );
    } else if (retryable) {
      report.map(retryable.path, 'mapped', `${target}.idempotent = true: it may run again`);
    }
  }
  const timeoutField = fields.take('timeout', ['timeoutMs', 'timeout_ms']);
  const unit = timeoutField?.key === 'timeout' ? rules.unit : 'ms';
  const timeout = readDuration(timeoutField, report, { unit });
  if (timeoutField && timeout !== undefined && timeoutField.path !== `${target}.timeout`) {
    report.map(timeoutField.path, 'mapped', `${target}.timeout = ${timeout} ms`);
  }
  const provider = readProvider(fields.take('provider', ['providers']), report);
  const modelField = fields.take('model');
  const model = readText(modelField, report)?.trim();
  const maxTokens = readCount(
    fields.take('maxTokens', ['max_tokens', 'maxOutputTokens', 'max_output_tokens']),
    report,
    1,
  );
  const temperature = readTemperature(fields.take('temperature'), report);
  const approvalField = fields.take('approval', ['approval_required', 'approvalRequired']);
  const approval = readApproval(approvalField, key, report) ?? readGateType(fields, report);
  const output = readOutput(fields, report);
  const writes = readGlobs(fields.take('writes'), report);
  fields.notYet(NOT_YET, key);
  if (rules.dialect === 'automatosx-prompt') {
    fields.ignore({ parallel: 'steps run side by side whenever the graph allows' });
  }
  if (rules.dialect === 'automatosx-iterate') fields.ignore({ metadata: 'nothing reads it' });
  fields.finish(ELSEWHERE);

  checkWork({ action, prompt, run }, item, identity.at, report);
  const step: StepDraft['step'] = {
    key,
    title,
    ...optional('description', description),
    ...optional('agent', agent),
    ...optional('action', action),
    with: {},
    dependsOn: [],
    continueOnError: tolerance ?? false,
    onError,
    retry: retry ?? [],
    ...optional('timeout', timeout),
    ...optional('idempotent', idempotent),
    ...optional('provider', provider),
    ...(model === undefined || model === '' ? {} : { model }),
    ...optional('maxTokens', maxTokens),
    ...optional('temperature', temperature),
    ...optional('approval', approval?.policy),
    ...optional('output', output),
    ...optional('writes', writes),
  };
  const message =
    approvalField?.value.kind === 'map' ? entryOf(approvalField.value, 'message')?.value : undefined;
  return {
    step,
    path,
    node: item,
    at: identity.at,
    ...optional('nameAsKey', identity.nameAsKey),
    dependencies,
    ...optional('modelAt', modelField?.value),
    ...(prompt === undefined ? {} : { prompt: { ...prompt, path: fields.at('prompt') } }),
    ...optional('run', run),
    ...optional('with', withNode),
    ...optional('condition', condition),
    show: approval?.show ?? [],
    ...(message?.kind === 'scalar' ? { message } : {}),
    says: { continueOnError: tolerance !== undefined, retry: retry !== undefined },
  };
}

/** `{name: value}`, or nothing when the value is undefined: optional fields are absent, never undefined. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: Value });
}

interface Identity {
  readonly key: string;
  readonly title: string;
  readonly at: Span;
  readonly nameAsKey?: string;
}

/** `name` beside `key` is the title; alone it makes the key. */
function readIdentity(fields: Fields, node: MapNode, report: Report): Identity | undefined {
  const keyField = fields.take('key', ['id', 'stepId']);
  const nameField = fields.take('name');
  const name = readText(nameField, report);
  const raw = readText(keyField, report);
  if (keyField && raw !== undefined) {
    const key = readName(raw, "a step's key", keyField.value, report);
    return key === undefined ? undefined : { key, title: name ?? key, at: keyField.value };
  }
  if (nameField === undefined || name === undefined) {
    const first = node.entries[0]?.keySpan ?? { start: node.start, end: node.start + 1 };
    report.error('missing-key', 'The step has no key.', first, 'Add "key: some-name".');
    return undefined;
  }
  const key = readName(slug(name), "a step's key", nameField.value, report);
  if (key === undefined) return undefined;
  report.map(nameField.path, 'mapped', `${fields.target}.key = ${key}, and the title`);
  if (key !== name) {
    const message = `The step has no key: its name makes the key "${key}".`;
    report.inform(
      'key-from-name',
      message,
      nameField.value,
      `Add "key: ${key}" to keep it when the name changes.`,
    );
  }
  return { key, title: name, at: nameField.value, nameAsKey: name };
}

function readTolerance(fields: Fields, report: Report): boolean | undefined {
  const plain = fields.take('continueOnError', ['continue_on_error', 'continue-on-error', 'optional']);
  const required = fields.take('required', [], 'continueOnError');
  const value = readFlag(plain, report);
  const isRequired = readFlag(required, report);
  if (required && isRequired !== undefined) {
    report.map(required.path, 'mapped', `${fields.target}.continueOnError = ${String(!isRequired)}`);
  }
  return value ?? (isRequired === undefined ? undefined : !isRequired);
}

function readGateType(fields: Fields, report: Report): ReturnType<typeof readApproval> {
  const type = fields.has('type') ? fields.take('type', [], 'approval') : undefined;
  if (type === undefined) return undefined;
  const word = scalarText(type.value);
  if (word === 'human_gate' || word === 'approval') return { policy: PLAIN_APPROVAL, show: [] };
  if (word === 'prompt' || word === 'tool' || word === 'script') return undefined;
  report.warn('unknown-type', `A step's type "${word ?? ''}" means nothing here.`, type.value);
  report.map(type.path, 'warned', 'unknown: no effect');
  return undefined;
}

function readTemperature(field: Field | undefined, report: Report): number | undefined {
  const value = readNumber(field, report, 0);
  if (field === undefined || value === undefined || value <= 1) return value;
  report.error('wrong-value', `"${field.key}" must be a number from 0 to 1.`, field.value);
  return undefined;
}

function readRun(field: Field | undefined, report: Report): SourceNode | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const { value } = field;
  const isList = value.kind === 'list' && value.items.length > 0;
  if (isList && value.items.every((item) => scalarText(item) !== undefined)) return value;
  if (value.kind === 'scalar' && scalarText(value)?.trim()) return value;
  report.error('wrong-type', '"run" must be a command, or a list of a program and its arguments.', value);
  return undefined;
}

function readOutput(fields: Fields, report: Report): Step['output'] | undefined {
  const node = readMap(fields.take('output'), report);
  let schema: JsonObject | undefined;
  let artifacts: readonly string[] | undefined;
  if (node) {
    const inner = new Fields(node, fields.at('output'), report);
    schema = readJsonObject(inner.take('schema'), report);
    artifacts = readGlobs(inner.take('artifacts'), report);
    inner.finish();
  }
  const outside = fields.take('outputSchema', ['output_schema'], 'output.schema');
  schema ??= readJsonObject(outside, report);
  if (schema === undefined && artifacts === undefined) return undefined;
  return { ...optional('schema', schema), artifacts: artifacts ?? [] };
}

function readGlobs(field: Field | undefined, report: Report): readonly string[] | undefined {
  return readTexts(field, report)?.flatMap(({ text, node }) => {
    if (isInsideGlob(text)) return [text];
    const hint = 'Write a path relative to the workspace folder, e.g. reports/**.';
    report.error('outside-workspace', `"${text}" leads out of the workspace.`, node, hint);
    return [];
  });
}

function scalarOf(field: Field | undefined, report: Report): ScalarNode | undefined {
  if (field === undefined || readText(field, report) === undefined) return undefined;
  return field.value.kind === 'scalar' ? field.value : undefined;
}

function checkWork(
  work: { readonly action: unknown; readonly prompt: unknown; readonly run: unknown },
  node: MapNode,
  at: Span,
  report: Report,
): void {
  if (work.run !== undefined && (work.action !== undefined || work.prompt !== undefined)) {
    const other = work.action === undefined ? 'prompt' : 'action';
    const hint = 'Make two steps of it.';
    report.error('two-kinds-of-work', `A step has either "run" or "${other}", not both.`, at, hint);
  }
  // A key that is there and wrong has been told.
  const says = (name: string) => {
    const value = entryOf(node, name)?.value;
    return value !== undefined && !isAbsent(value);
  };
  if (['run', 'action', 'method', 'prompt', ...NOT_YET].some(says)) return;
  report.error(
    'empty-step',
    'The step has nothing to do.',
    at,
    'Give it an "action", a "prompt" or a "run".',
  );
}
