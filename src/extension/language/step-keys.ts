import { isMap, isScalar, isSeq, parseDocument, type Scalar, type YAMLMap } from 'yaml';

/** A name of a step in a text: offsets in UTF-16 units, quotes left out. */
export interface StepName {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** The place where the step gets its key, or one where it is mentioned. */
  readonly isDefinition: boolean;
}

const KEYS = ['key', 'id', 'stepId'];
const DEPENDENCIES = new Set(['dependsOn', 'dependencies', 'depends_on', 'needs']);
const MENTION = /\bsteps\.([A-Za-z_][A-Za-z0-9_-]*)|\bsteps\[\s*(["'])([^"']+)\2\s*\]/g;

/** Every place of a YAML or JSON workflow that names a step. Broken texts give what can be read of them. */
export function stepNames(text: string): readonly StepName[] {
  const names: StepName[] = [];
  const { contents } = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  if (!isMap(contents)) return names;
  for (const list of ['steps', 'phases']) {
    const steps = contents.get(list);
    if (!isSeq(steps)) continue;
    for (const step of steps.items) if (isMap(step)) collect(text, step, names);
  }
  for (const found of text.matchAll(MENTION)) {
    const key = found[1] ?? found[3] ?? '';
    const start = found.index + found[0].indexOf(key, 'steps'.length);
    names.push({ key, start, end: start + key.length, isDefinition: false });
  }
  return names;
}

function collect(text: string, step: YAMLMap, names: StepName[]): void {
  const named = KEYS.map((name) => step.get(name, true)).find(isScalar);
  if (named !== undefined) add(text, named, true, names);
  for (const { key, value } of step.items) {
    if (!isScalar(key) || !DEPENDENCIES.has(String(key.value))) continue;
    if (isScalar(value)) add(text, value, false, names);
    if (isSeq(value)) for (const item of value.items) if (isScalar(item)) add(text, item, false, names);
  }
}

function add(text: string, scalar: Scalar, isDefinition: boolean, names: StepName[]): void {
  if (typeof scalar.value !== 'string' || !scalar.range) return;
  const [from, to] = scalar.range;
  const start = text.indexOf(scalar.value, from);
  if (start < 0 || start >= to) return;
  names.push({ key: scalar.value, start, end: start + scalar.value.length, isDefinition });
}
