import type { InputDeclaration, Step, WorkflowConfig, WorkflowDefinition } from '../../model/workflow';
import type { Dialect } from '../parsed-workflow';
import { buildPlan, type Plan } from '../plan';
import { refuseInvisible } from '../source/refuse-characters';
import { toJsonValue, type MapNode } from '../source/node';
import type { Report } from '../source/report';
import type { AgentNames } from './agents';
import { BareNames } from './bare-names';
import { checkModels } from './check-models';
import { Fields, type Field } from './fields';
import { Graph } from './graph';
import { KnownNames } from './known-names';
import { Texts } from './texts';
import { readBudget, readLimits } from './read-budget';
import { readConfig, DEFAULT_CONFIG, type ReadConfig, type StepDefaults } from './read-config';
import { readEnv, readInputs, type Inputs } from './read-inputs';
import { readProviderOrder } from './read-provider';
import { optional, readStep } from './read-step';
import type { StepDraft } from './step-draft';
import { checkVariables } from './check-variables';
import { isAbsent, readFlag, readMap, readText, readTexts } from './values';

export interface ReadWorkflow {
  readonly definition: WorkflowDefinition;
  /** Absent when the graph has no order. */
  readonly plan?: Plan;
  readonly drafts: readonly StepDraft[];
}

/** Reads the whole of a file in one pass over its keys, then checks what the parts say about each other. */
export function readWorkflow(
  root: MapNode,
  rules: { readonly path: string; readonly dialect: Dialect; readonly agents: AgentNames },
  report: Report,
): ReadWorkflow {
  const { dialect } = rules;
  const fields = new Fields(root, '', report);
  const head = readHead(fields, rules.path, report);
  const inputs = readInputs(fields.take('inputs'), report);
  const env = readEnv(fields.take('env'), report);
  const isPhases = dialect === 'phases';
  const settings: ReadConfig = isPhases
    ? readPhaseHead(fields, inputs, report)
    : readConfig(fields.take('config'), dialect, report);
  const tolerance = readErrorHandling(fields, dialect, report);
  const order = readProviderOrder(undefined, fields.take('providers'), report);
  const defaults: StepDefaults = { ...optional('continueOnError', tolerance), ...settings.defaults };
  const config = withTopBudget(
    fields,
    { ...settings.config, ...optional('providers', order ?? settings.config.providers) },
    report,
  );
  const stepsField = fields.take('steps');
  const steps = readSteps(stepsField, { ...rules, unit: 'ms', offset: 0 }, report);
  const phases = fields.take('phases', [], 'steps');
  const drafts = [...steps, ...readSteps(phases, { ...rules, unit: 's', offset: steps.length }, report)];
  readRollback(fields, report);
  fields.notYet(['finally', 'compensate', 'matrix', 'strategy', 'foreach', 'uses', 'on']);
  const later = 'it does not work yet';
  fields.ignore({ reuse: later, reads: later });
  if (dialect === 'automatosx-iterate') {
    fields.ignore({
      monitoring: 'progress and events are always kept',
      resources: 'limits of the machine are not managed',
      metadata: 'nothing reads it',
    });
  }
  skipExtensions(root, fields, report);

  if (stepsField === undefined && phases === undefined) {
    report.error(
      'no-steps',
      'The workflow has no steps.',
      { start: root.start, end: root.start + 1 },
      'Add "steps:".',
    );
  }
  const graph = new Graph(drafts, report);
  const names = new KnownNames(inputs, env, graph, report);
  const bareNames = dialect === 'baton' ? undefined : new BareNames(names, report, settings.rest);
  const texts = new Texts(names, report, bareNames);
  for (const draft of graph.drafts) {
    applyDefaults(draft, defaults);
    resolveNames(draft, texts);
  }
  checkModels(graph.drafts, config, report);
  checkVariables(root, graph.drafts, report);
  settings.rest?.leave('nothing in the file reads it');
  fields.finish();

  const definition: WorkflowDefinition = {
    ...head,
    inputs: Object.assign(
      Object.create(null) as Record<string, InputDeclaration>,
      Object.fromEntries(inputs),
    ),
    config,
    env,
    steps: graph.drafts.map(({ step }): Step => step),
  };
  return {
    definition,
    ...(report.hasErrors ? {} : { plan: buildPlan(definition.steps) }),
    drafts: graph.drafts,
  };
}

/** Some write the budget beside the steps. What `config` says of it comes first. */
function withTopBudget(fields: Fields, config: WorkflowConfig, report: Report): WorkflowConfig {
  const budget = readBudget(fields.take('budget', [], 'config.budget'), report);
  const limits = readLimits(fields.take('limits', [], 'config.budget'), report);
  return {
    ...config,
    ...optional('budget', config.budget ?? budget ?? limits.budget),
    ...optional('timeout', config.timeout ?? limits.timeout),
  };
}

function readHead(
  fields: Fields,
  path: string,
  report: Report,
): Pick<WorkflowDefinition, 'name' | 'version' | 'description' | 'author' | 'tags'> {
  const nameField = fields.take('name', ['workflowId']);
  const name = readText(nameField, report)?.trim();
  if (nameField && name) refuseInvisible(name, nameField.value, report);
  return {
    name: name === undefined || name === '' ? nameFromPath(path) : name,
    ...optional('version', readText(fields.take('version'), report)),
    ...optional('description', readText(fields.take('description'), report)),
    ...optional('author', readText(fields.take('author'), report)),
    tags: readTexts(fields.take('tags'), report)?.map(({ text }) => text) ?? [],
  };
}

function nameFromPath(path: string): string {
  const file = path.split(/[\\/]/).pop() ?? '';
  return file.replace(/(\.baton)?\.(ya?ml|json)$/i, '') || 'workflow';
}

function readSteps(
  field: Field | undefined,
  rules: Parameters<typeof readStep>[3],
  report: Report,
): readonly StepDraft[] {
  if (field === undefined) return [];
  if (isAbsent(field.value)) {
    report.error('no-steps', `"${field.key}" is empty.`, field.keySpan, 'Add at least one step.');
    return [];
  }
  if (field.value.kind !== 'list') {
    const hint = 'Write each step as an item: "- key: lint".';
    report.error('wrong-type', `"${field.key}" must be a list.`, field.value, hint);
    report.mapBelow(field.value, field.path, 'refused', 'not a list');
    return [];
  }
  if (field.value.items.length === 0) {
    report.error('no-steps', `"${field.key}" is empty.`, field.value, 'Add at least one step.');
  }
  return field.value.items.flatMap((item, i) => {
    return readStep(item, `${field.path}[${i}]`, `steps[${rules.offset + i}]`, rules, report) ?? [];
  });
}

/** What stands at the top of a phases file describes the job: each becomes an input that a prompt may name. */
function readPhaseHead(fields: Fields, inputs: Inputs, report: Report): ReadConfig {
  const names = ['id', 'technology', 'requirements', 'output_path', 'approval_mode', 'config'];
  let config: WorkflowConfig = DEFAULT_CONFIG;
  for (const name of names) {
    const field = fields.take(name, [], `inputs.${name}`);
    if (field === undefined) continue;
    const value = isAbsent(field.value) ? undefined : toJsonValue(field.value);
    const isText = value === undefined || typeof value === 'string';
    if (!inputs.has(name)) {
      inputs.set(name, { type: isText ? 'string' : 'json', required: false, ...optional('default', value) });
    }
    const note = `inputs.${name}.default`;
    report.inform('read-as', `"${name}" is read as an input with this default.`, field.keySpan);
    report.map(field.path, 'mapped', note);
    report.mapBelow(field.value, field.path, 'mapped', note);
    if (name === 'approval_mode' && (value === 'interactive' || value === 'batch' || value === 'auto')) {
      config = { ...config, approvals: value };
      report.map(field.path, 'mapped', `${note}, config.approvals = ${value}`);
    }
  }
  return { config, defaults: {} };
}

/** AutomatosX' `errorHandling:`; the rest of it describes what Baton does anyway. */
function readErrorHandling(fields: Fields, dialect: Dialect, report: Report): boolean | undefined {
  if (dialect !== 'automatosx-iterate') return undefined;
  const field = fields.take('errorHandling', [], 'config');
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return undefined;
  report.map(field.path, 'mapped', 'config');
  const inner = new Fields(node, field.path, report);
  const tolerance = inner.take('continueOnError');
  const value = readFlag(tolerance, report);
  if (tolerance) {
    const note = `continueOnError = ${String(value)} for steps that do not say "required"`;
    report.map(tolerance.path, 'mapped', note);
  }
  inner.leave('every result is kept and every settled step is a checkpoint by itself', [
    'capturePartialResults',
    'saveCheckpoints',
    'checkpointInterval',
  ]);
  inner.leave('nothing reads it');
  return value;
}

function readRollback(fields: Fields, report: Report): void {
  const field = fields.take('rollback');
  if (field === undefined) return;
  const enabled =
    field.value.kind === 'map' ? field.value.entries.find(({ key }) => key === 'enabled') : undefined;
  const isOff = enabled?.value.kind === 'scalar' && enabled.value.value === false;
  const outcome = isOff ? 'warned' : 'refused';
  const note = isOff ? 'switched off in the file' : 'does not work yet: a real run is refused';
  if (isOff) report.warn('no-effect', '"rollback" has no effect: it is switched off.', field.keySpan);
  else report.notYet('rollback', field.keySpan);
  report.map(field.path, outcome, note);
  report.mapBelow(field.value, field.path, outcome, note);
}

/** `x-anything` is the file's own: a place for anchors. */
function skipExtensions(root: MapNode, fields: Fields, report: Report): void {
  for (const { key, value } of root.entries) {
    if (!key.startsWith('x-') && key !== '$schema') continue;
    fields.take(key);
    report.mapBelow(value, key, 'mapped', 'not read', true);
  }
}

function applyDefaults({ step, says }: StepDraft, defaults: StepDefaults): void {
  if (!says.continueOnError && defaults.continueOnError !== undefined)
    step.continueOnError = defaults.continueOnError;
  if (!says.retry && step.idempotent !== false && defaults.retry !== undefined) step.retry = defaults.retry;
  if (step.timeout === undefined && defaults.timeout !== undefined) step.timeout = defaults.timeout;
}

function resolveNames(draft: StepDraft, texts: Texts): void {
  const { step } = draft;
  const use = { step: step.key };
  if (draft.prompt) step.prompt = texts.template(draft.prompt, use, draft.prompt.path);
  if (draft.with) step.with = texts.value(draft.with, use) as Step['with'];
  if (draft.run) step.run = texts.command(draft.run, use);
  if (draft.condition) step.condition = texts.condition(draft.condition, use);
  if (draft.message && step.approval) {
    step.approval = { ...step.approval, message: texts.template(draft.message, { ...use, own: true }) };
  }
  for (const { text, node } of draft.show) texts.shown(text, node, use);
}
