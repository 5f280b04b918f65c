import type { MapNode, Span } from '../source/node';
import type { Report } from '../source/report';
import { inputVariable, outputVariable } from '../variables';
import type { StepDraft } from './step-draft';

/** Names that differ in the file and are the same variable of a command's environment: only one value could be set. */
export function checkVariables(root: MapNode, drafts: readonly StepDraft[], report: Report): void {
  if (!drafts.some(({ run }) => run !== undefined)) return;
  const inputs = root.entries.find(({ key }) => key === 'inputs')?.value;
  if (inputs?.kind === 'map')
    tellDoubles(
      inputs.entries.map(({ key, keySpan }) => ({ name: key, at: keySpan })),
      inputVariable,
      report,
    );
  tellDoubles(
    drafts.map(({ step, at }) => ({ name: step.key, at })),
    outputVariable,
    report,
  );
}

function tellDoubles(
  names: readonly { readonly name: string; readonly at: Span }[],
  variableOf: (name: string) => string,
  report: Report,
): void {
  const first = new Map<string, string>();
  for (const { name, at } of names) {
    const variable = variableOf(name);
    const other = first.get(variable);
    if (other === undefined) first.set(variable, name);
    else if (other !== name)
      report.warn(
        'same-variable',
        `Commands know "${name}" and "${other}" by the same name, ${variable}, and get only one of them.`,
        at,
        'Rename one.',
      );
  }
}
