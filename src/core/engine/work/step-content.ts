import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { ShownContent } from '../../model/approval';
import type { Step } from '../../model/workflow';
import type { ValueContext } from '../../workflow/expressions';
import { render, renderArguments, renderWith, type MissingRule } from '../../workflow/template';

/** What a step is told to do, with every value filled in. */
export interface StepContent {
  readonly prompt?: string;
  readonly with: JsonObject;
  readonly command?: string | readonly string[];
}

export interface RenderedContent {
  readonly content: StepContent;
  /** What was left empty, one sentence each. */
  readonly notes: readonly string[];
  /** Not empty: the step cannot be done. */
  readonly faults: readonly string[];
}

export function renderContent(step: Step, values: ValueContext, missing: MissingRule): RenderedContent {
  const options = { missing };
  const prompt = step.prompt === undefined ? undefined : render(step.prompt, values, options);
  const filled = renderWith(step.with, values, options);
  // Shell text is never filled in: values reach a shell by its environment only.
  const list =
    step.run === undefined || typeof step.run === 'string'
      ? undefined
      : renderArguments(step.run, values, options);
  const command = list?.value ?? step.run;
  const parts = [prompt, filled, list].filter((part) => part !== undefined);
  return {
    content: {
      with: filled.value,
      ...(prompt !== undefined && { prompt: prompt.text }),
      ...(command !== undefined && { command }),
    },
    notes: parts.flatMap((part) => part.notes),
    faults: parts.flatMap((part) => part.faults),
  };
}

/** What a person sees who is asked before the work. `environment`: the values that a command gets. */
export function shownBefore(
  content: StepContent,
  environment: Readonly<Record<string, string>>,
): ShownContent {
  const visible = content.command === undefined ? content.with : environment;
  return {
    artifacts: [],
    ...(content.prompt !== undefined && { prompt: content.prompt }),
    ...(content.command !== undefined && { command: content.command }),
    ...(Object.keys(visible).length > 0 && { with: visible }),
  };
}

/** What was approved is what runs: read back from what was shown. */
export function approvedContent(shown: ShownContent): StepContent {
  return {
    with: shown.command === undefined && isJsonObject(shown.with) ? shown.with : {},
    ...(shown.prompt !== undefined && { prompt: shown.prompt }),
    ...(shown.command !== undefined && { command: shown.command }),
  };
}

/**
 * What is asked about next after "modify" before the work: a text replaces the command or the prompt, a list an argument list;
 * an object replaces the fields it names (`prompt`, `command`, `with`), or, naming none of them, the arguments. Undefined: it fits nothing.
 */
export function changedShown(shown: ShownContent, value: JsonValue): ShownContent | undefined {
  if (typeof value === 'string') {
    if (shown.command !== undefined) return { ...shown, command: value };
    return { ...shown, prompt: value };
  }
  if (isArguments(value)) return shown.command === undefined ? undefined : { ...shown, command: value };
  if (!isJsonObject(value)) return undefined;
  const { prompt, command } = value;
  if (!['prompt', 'command', 'with'].some((name) => Object.hasOwn(value, name)))
    return shown.command === undefined ? { ...shown, with: value } : undefined;
  if (prompt !== undefined && typeof prompt !== 'string') return undefined;
  if (command !== undefined && typeof command !== 'string' && !isArguments(command)) return undefined;
  // The environment of a command is what the run's values say; only its text can be changed here.
  if (command !== undefined && shown.command === undefined) return undefined;
  if (value['with'] !== undefined && (shown.command !== undefined || !isJsonObject(value['with'])))
    return undefined;
  return {
    ...shown,
    ...(prompt !== undefined && { prompt }),
    ...(command !== undefined && { command }),
    ...(value['with'] !== undefined && { with: value['with'] }),
  };
}

function isArguments(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}
