import { createAgentProfiles } from '../../core/agents/own/agent-profiles';
import type { Step, WorkflowDefinition } from '../../core/model/workflow';
import { parseWorkflowFile } from '../../core/workflow/parse-file';
import type { ParsedWorkflow } from '../../core/workflow/parsed-workflow';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { columns } from '../show/style';
import { readWorkflow, tellDiagnostics } from '../workflow-file';
import { countOf } from '../show/words';
import { visibleJson, visibleLine, visibleText } from '../show/visible';

/** `baton validate`: every fault at once. */
export async function validate(context: Context, file: string): Promise<ExitCode> {
  const { path, parsed } = await check(context, file);
  const { definition, diagnostics } = parsed;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  if (context.json) {
    const { dialect, mappings, unsupported } = parsed;
    const document = {
      file: path,
      valid: definition !== undefined,
      dialect,
      diagnostics,
      mappings,
      unsupported,
    };
    context.terminal.print(visibleJson(document, 2));
  } else if (definition === undefined) {
    context.terminal.print(
      visibleLine(`${path}: ${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`),
    );
  } else {
    const levels = countOf(parsed.plan?.levels.length ?? 0, 'level');
    context.terminal.print(
      visibleLine(
        `${path}: valid. ${definition.name}, ${countOf(definition.steps.length, 'step')} in ${levels}, ${countOf(warnings, 'warning')}`,
      ),
    );
  }
  return definition === undefined ? EXIT.usage : EXIT.completed;
}

/** `baton plan`: levels and what would run. */
export async function plan(context: Context, file: string): Promise<ExitCode> {
  const { path, parsed } = await check(context, file);
  const { definition } = parsed;
  if (definition === undefined || parsed.plan === undefined) {
    if (context.json)
      context.terminal.print(visibleJson({ file: path, valid: false, diagnostics: parsed.diagnostics }, 2));
    return EXIT.usage;
  }
  const byKey = new Map(definition.steps.map((step) => [step.key, step]));
  const levels = parsed.plan.levels.map((keys) => keys.flatMap((key) => byKey.get(key) ?? []));
  if (context.json) {
    const { name, inputs, config } = definition;
    const steps = levels.map((level) => level.map((step) => ({ ...step, does: workOf(step) })));
    const document = {
      file: path,
      valid: true,
      name,
      inputs,
      config,
      levels: steps,
      edges: parsed.plan.edges,
    };
    context.terminal.print(visibleJson(document, 2));
    return EXIT.completed;
  }
  for (const line of planLines(definition, levels)) context.terminal.print(line);
  for (const { feature } of parsed.unsupported) {
    context.terminal.tell(`"${visibleLine(feature)}" does not work yet: a real run of this file is refused.`);
  }
  return EXIT.completed;
}

async function check(context: Context, file: string): Promise<{ path: string; parsed: ParsedWorkflow }> {
  const workflow = await readWorkflow(context, file);
  // A file can be judged where nothing can be kept.
  const { host, workspace } = context;
  const knownAgents = await createAgentProfiles({ files: host.files, workspace }).known();
  const parsed = await parseWorkflowFile(host, { ...workflow, workspace, knownAgents });
  tellDiagnostics(context, workflow.path, parsed.diagnostics);
  return { path: workflow.path, parsed };
}

function planLines(definition: WorkflowDefinition, levels: readonly (readonly Step[])[]): string[] {
  const lines = [
    `${visibleLine(definition.name)}: ${countOf(definition.steps.length, 'step')}, at most ${definition.config.parallelism} at once`,
  ];
  for (const [name, input] of Object.entries(definition.inputs)) {
    const value =
      input.default === undefined
        ? input.required
          ? 'required'
          : 'optional'
        : `default ${JSON.stringify(input.default)}`;
    lines.push(visibleLine(`input ${name}: ${input.type}, ${value}`));
  }
  levels.forEach((steps, index) => {
    lines.push('', `level ${index + 1}`);
    const rows = columns(
      steps.map((step) => [`  ${visibleLine(step.key)}`, visibleLine(workOf(step)), conditionsOf(step)]),
    );
    steps.forEach((step, row) => lines.push(rows[row] ?? '', ...commandLines(step)));
  });
  return lines;
}

/** What a step does, in words. */
function workOf(step: Step): string {
  if (step.run !== undefined) {
    const text = typeof step.run === 'string' ? step.run.trim() : JSON.stringify(step.run);
    return text.includes('\n') ? 'runs:' : `runs: ${text}`;
  }
  const agent = step.agent ?? 'an agent to be chosen';
  if (step.action !== undefined) return `${agent}: ${step.action}`;
  return step.prompt === undefined ? agent : `${agent}: "${firstLine(step.prompt)}"`;
}

/** All of a command, so that a person knows what they are about to trust. */
function commandLines({ run }: Step): string[] {
  if (typeof run !== 'string' || !run.trim().includes('\n')) return [];
  return visibleText(run.trimEnd())
    .split('\n')
    .map((line) => `      ${line}`);
}

function firstLine(text: string): string {
  const [line = '', ...rest] = text.trim().split('\n');
  return `${line.slice(0, 80)}${rest.length > 0 || line.length > 80 ? ' …' : ''}`;
}

function conditionsOf(step: Step): string {
  const parts = [
    ...(step.dependsOn.length === 0 ? [] : [`after ${step.dependsOn.join(', ')}`]),
    ...(step.condition === undefined ? [] : [`if ${step.condition}`]),
    ...(step.approval === undefined ? [] : [`gate ${step.approval.when} the work`]),
    ...(step.continueOnError ? ['failure tolerated'] : []),
    ...(step.onError === 'ask' ? ['asks when it fails'] : []),
  ];
  return visibleLine(parts.join(', '));
}
