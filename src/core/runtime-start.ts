import type { Agents } from './agents/agent';
import { WAYS_TO_A_MODEL } from './agents/agents';
import { canonicalJson } from './base/json';
import { ignoredWishes } from './engine/gates/modes';
import type { NewRun } from './engine/engine';
import type { Host } from './host';
import type { Diagnostic, Range } from './model/diagnostic';
import type { WorkflowDefinition } from './model/workflow';
import type { Refusal, StartRequest } from './runtime-port';
import { resolveInputs } from './workflow/inputs';
import type { ParsedWorkflow } from './workflow/parsed-workflow';

const FILE_START: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

export type Prepared = { readonly run: NewRun } | { readonly refusal: Refusal };

/** Everything that has to be right before a run is recorded: the file, the trust, what works, the inputs, who does each step. */
export function prepareStart(
  request: StartRequest,
  parsed: ParsedWorkflow,
  agents: Agents,
  host: Pick<Host, 'sha256'>,
): Prepared {
  const { definition, hash } = parsed;
  if (definition === undefined) {
    const errors = parsed.diagnostics.filter(({ severity }) => severity === 'error');
    return refused(
      'invalid-file',
      plural(errors.length, 'error', `in ${request.workflow.path}`),
      parsed.diagnostics,
    );
  }
  const refusal = request.rehearsal ? undefined : refusalOfRealRun(request, parsed, definition, agents);
  if (refusal !== undefined) return { refusal };
  const inputs = resolveInputs(definition.inputs, request.inputs, { allowMissing: request.rehearsal });
  if (inputs.problems.length > 0) {
    const diagnostics = inputs.problems.map(({ input, code, message }) => ({
      ...fault(code, message),
      ...(code === 'missing-input' && { suggestion: `In a terminal: --input ${input}=VALUE` }),
    }));
    return refused('inputs', inputs.problems.map(({ message }) => message).join(' '), diagnostics);
  }
  const mode = request.rehearsal ? (request.askInRehearsal === true ? 'interactive' : 'auto') : request.mode;
  const lines = Object.entries(parsed.positions).map(([key, range]) => [key, range.start.line] as const);
  return {
    run: {
      definition,
      definitionHash: hash ?? host.sha256(canonicalJson(definition)),
      source: {
        ...(request.workflow.builtin !== true && { path: request.workflow.path }),
        lines: Object.fromEntries(lines),
      },
      inputs: inputs.values,
      mode,
      by: request.by,
      notes: [...(request.rehearsal ? [] : ignoredWishes(definition, mode)), ...mapped(parsed)],
      rehearsal: request.rehearsal,
      ...(request.clientId !== undefined && { clientId: request.clientId }),
    },
  };
}

function refusalOfRealRun(
  request: StartRequest,
  parsed: ParsedWorkflow,
  definition: WorkflowDefinition,
  agents: Agents,
): Refusal | undefined {
  if (!request.trusted)
    return {
      code: 'untrusted',
      message: 'This folder is not trusted: its workflows can be viewed, validated and rehearsed, not run.',
      diagnostics: [],
    };
  const { unsupported, positions } = parsed;
  if (unsupported.length > 0) {
    const features = [...new Set(unsupported.map(({ feature }) => feature))];
    return {
      code: 'unsupported',
      message: `Not run: ${features.join(', ')} ${features.length === 1 ? 'does' : 'do'} not work yet, and a run without would not be what the file says. Rehearse it instead.`,
      diagnostics: unsupported.map(({ feature, range }) =>
        fault('unsupported', `"${feature}" does not work yet.`, range),
      ),
    };
  }
  const needing = definition.steps.flatMap((step) => {
    if (step.run !== undefined) return [];
    const assigned = agents.assign(step, definition.config);
    return 'needsModel' in assigned ? [{ key: step.key, ...assigned }] : [];
  });
  if (needing.length === 0) return undefined;
  const nobody = [...new Set(needing.flatMap(({ none }) => (none === undefined ? [] : sentence(none))))];
  const brief = [
    `${plural(needing.length, 'step', '')} cannot be done without an AI model: ${byReason(needing)}.`,
    ...nobody,
  ].join(' ');
  return {
    code: 'needs-model',
    brief,
    message: [
      brief,
      WAYS_TO_A_MODEL,
      'Without one: name an action that the local engine knows, use a "run:" step, or rehearse the workflow.',
    ].join(' '),
    diagnostics: needing.map(({ key, because, needsModel, none }) => {
      const why = because ?? needsModel;
      // What is the same for all steps is told once, with the refusal.
      const whom = none === undefined || nobody.length === 1 ? '' : ` ${sentence(none)}`;
      const text = `The step "${key}" needs a model: ${why}.${whom}`;
      return fault('needs-model', text, positions[key] ?? FILE_START);
    }),
  };
}

const NAMED_STEPS = 3;

/** "read, list and 4 more (only a model can answer its prompt)": a long file must not make a long message. */
function byReason(
  needing: readonly { readonly key: string; readonly because?: string; readonly needsModel: string }[],
): string {
  const keys = new Map<string, string[]>();
  for (const { key, because, needsModel } of needing) {
    const reason = because ?? needsModel;
    keys.set(reason, [...(keys.get(reason) ?? []), key]);
  }
  return [...keys]
    .map(([reason, of]) => {
      const more = of.length > NAMED_STEPS + 1 ? of.length - NAMED_STEPS : 0;
      const named = (more === 0 ? of : of.slice(0, NAMED_STEPS)).join(', ');
      return `${named}${more === 0 ? '' : ` and ${more} more`} (${reason})`;
    })
    .join('; ');
}

/** Reasons come from many places, some with a full stop of their own. */
function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}

function mapped(parsed: ParsedWorkflow): string[] {
  return parsed.mappings
    .filter(({ same }) => same !== true)
    .map(({ source, outcome, note }) =>
      outcome === 'mapped' ? `${source}: ${note}` : `${source} (${outcome}): ${note}`,
    );
}

function refused(code: Refusal['code'], message: string, diagnostics: readonly Diagnostic[]): Prepared {
  return { refusal: { code, message, diagnostics } };
}

function fault(code: string, message: string, range: Range = FILE_START): Diagnostic {
  return { severity: 'error', code, message, range };
}

function plural(count: number, noun: string, rest: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}${rest === '' ? '' : ` ${rest}`}`;
}
