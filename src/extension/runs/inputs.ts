import * as vscode from 'vscode';
import type { JsonObject, JsonValue } from '../../core/base/json';
import type { InputDeclaration, WorkflowDefinition } from '../../core/model/workflow';
import { convertInput } from '../../core/workflow/inputs';

/** More questions than this are a form, not a row of prompts. */
const PROMPTS = 3;

export type Collected =
  | { readonly type: 'values'; readonly values: JsonObject }
  /** Too many to ask one by one: the run panel shows them as fields, filled with `values`. */
  | { readonly type: 'form'; readonly values: JsonObject }
  | { readonly type: 'cancelled' };

/**
 * The inputs of a run. Without `all` only what has no default is asked; nothing to ask means start at once.
 * `last` are the values of the run before, offered again.
 */
export async function collectInputs(
  definition: WorkflowDefinition,
  last: JsonObject,
  all: boolean,
): Promise<Collected> {
  const asked = Object.entries(definition.inputs).filter(
    ([, declaration]) => all || (declaration.required && declaration.default === undefined),
  );
  const offered = Object.fromEntries(
    Object.entries(definition.inputs).flatMap(([name, { default: byDefault }]) => {
      const value = Object.hasOwn(last, name) ? last[name] : byDefault;
      return value === undefined ? [] : [[name, value]];
    }),
  );
  if (asked.length === 0) return { type: 'values', values: {} };
  if (asked.length > PROMPTS) return { type: 'form', values: offered };
  const values = await askInSteps(definition.name, asked, offered);
  return values === undefined ? { type: 'cancelled' } : { type: 'values', values };
}

type Answer = { readonly value: JsonValue } | 'back' | 'cancelled';

async function askInSteps(
  title: string,
  asked: readonly (readonly [string, InputDeclaration])[],
  offered: JsonObject,
): Promise<JsonObject | undefined> {
  const values: Record<string, JsonValue> = { ...offered };
  const given: Record<string, JsonValue> = {};
  for (let step = 0; step < asked.length;) {
    const [name, declaration] = asked[step]!;
    const place = { title, step: step + 1, totalSteps: asked.length };
    const answer = await ask(place, name, declaration, values[name]);
    if (answer === 'cancelled') return undefined;
    if (answer === 'back') {
      step--;
      continue;
    }
    given[name] = values[name] = answer.value;
    step++;
  }
  return given;
}

interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

function ask(
  place: Place,
  name: string,
  declaration: InputDeclaration,
  value: JsonValue | undefined,
): Promise<Answer> {
  switch (declaration.type) {
    case 'choice':
      return choose(place, name, declaration, declaration.options ?? [], value);
    case 'boolean':
      return choose(place, name, declaration, ['true', 'false'], value);
    default:
      return type(place, name, declaration, value);
  }
}

async function choose(
  place: Place,
  name: string,
  declaration: InputDeclaration,
  options: readonly string[],
  value: JsonValue | undefined,
): Promise<Answer> {
  const pick = vscode.window.createQuickPick();
  Object.assign(pick, place);
  pick.placeholder = declaration.description ?? name;
  pick.items = options.map((label) => ({ label }));
  const last = pick.items.find(({ label }) => label === (typeof value === 'boolean' ? String(value) : value));
  if (last !== undefined) pick.activeItems = [last];
  pick.ignoreFocusOut = true;
  return settle(pick, place, () => {
    const [chosen] = pick.activeItems;
    if (chosen === undefined) return undefined;
    const converted = convertInput(declaration, chosen.label);
    return 'value' in converted ? converted.value : undefined;
  });
}

async function type(
  place: Place,
  name: string,
  declaration: InputDeclaration,
  value: JsonValue | undefined,
): Promise<Answer> {
  const box = vscode.window.createInputBox();
  Object.assign(box, place);
  box.prompt = declaration.description === undefined ? name : `${name}: ${declaration.description}`;
  box.value = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  box.ignoreFocusOut = true;
  const problem = (): string | undefined => {
    if (box.value === '' && declaration.required) return vscode.l10n.t('{0} needs a value.', name);
    const converted = convertInput(declaration, box.value);
    return 'why' in converted ? `${name} ${converted.why}.` : undefined;
  };
  const listening = box.onDidChangeValue(() => (box.validationMessage = problem()));
  const answer = await settle(box, place, () => {
    box.validationMessage = problem();
    if (box.validationMessage !== undefined) return undefined;
    const converted = convertInput(declaration, box.value);
    return 'value' in converted ? converted.value : undefined;
  });
  listening.dispose();
  return answer;
}

/** Shows an input until it is accepted with a value, left, or stepped back from; then it is disposed. */
function settle(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  place: Place,
  accept: () => JsonValue | undefined,
): Promise<Answer> {
  if (place.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve) => {
    const end = (answer: Answer) => {
      resolve(answer);
      input.dispose();
    };
    input.onDidAccept(() => {
      const value = accept();
      if (value !== undefined) end({ value });
    });
    input.onDidTriggerButton(() => end('back'));
    input.onDidHide(() => end('cancelled'));
    input.show();
  });
}
