import type { InputDeclaration } from '../../model/workflow';
import { checkExpression } from '../expressions';
import { convertInput } from '../inputs';
import { withoutSecrets } from '../secrets';
import { toJsonValue, type MapNode } from '../source/node';
import type { Report } from '../source/report';
import { placeholders, type Placeholder } from '../template';
import { Fields, type Field } from './fields';
import { readName } from './names';
import { isAbsent, readChoice, readFlag, readMap, readText, readTexts, refusePrototypeKeys } from './values';

const TYPES = ['string', 'number', 'boolean', 'choice', 'json'] as const;
/** Words of other formats for the same types. */
const SAME_TYPE: Readonly<Record<string, (typeof TYPES)[number]>> = {
  text: 'string',
  integer: 'number',
  object: 'json',
  array: 'json',
  environment: 'string',
};

export type Inputs = Map<string, InputDeclaration>;

/** `inputs:` as GitHub's workflow_dispatch writes them; `name: value` alone is a default. */
export function readInputs(field: Field | undefined, report: Report): Inputs {
  const inputs: Inputs = new Map();
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return inputs;
  for (const entry of node.entries) {
    const path = `${field.path}.${entry.key}`;
    const name = readName(entry.key, "an input's name", entry.keySpan, report);
    if (name === undefined) continue;
    report.map(path, 'mapped', 'same meaning', { same: true });
    if (entry.value.kind === 'map') {
      const declaration = readDeclaration(entry.value, path, report);
      if (declaration) inputs.set(name, declaration);
    } else if (isAbsent(entry.value)) inputs.set(name, { type: 'string', required: true });
    else {
      const value = toJsonValue(entry.value);
      const type =
        typeof value === 'number' || typeof value === 'boolean'
          ? (typeof value as 'number' | 'boolean')
          : typeof value === 'string'
            ? 'string'
            : 'json';
      inputs.set(name, { type, required: false, default: value });
    }
  }
  return inputs;
}

function readDeclaration(node: MapNode, path: string, report: Report): InputDeclaration | undefined {
  const fields = new Fields(node, path, report);
  const options = readTexts(fields.take('options', ['enum', 'choices']), report);
  const typeField = fields.take('type');
  const other = typeField?.value.kind === 'scalar' ? SAME_TYPE[String(typeField.value.value)] : undefined;
  const type = other ?? readChoice(typeField, report, TYPES) ?? (options ? 'choice' : 'string');
  const requiredField = fields.take('required');
  const required = readFlag(requiredField, report);
  const description = readText(fields.take('description'), report);
  const defaultField = fields.take('default');
  fields.finish();
  const list = options?.map(({ text }) => text);
  if (type === 'choice' && (list === undefined || list.length === 0)) {
    report.error(
      'no-options',
      'A choice needs its options.',
      typeField?.value ?? node,
      'Add "options: [a, b]".',
    );
    return undefined;
  }
  const shape: InputDeclaration = {
    type,
    required: required ?? false,
    ...(description === undefined ? {} : { description }),
    ...(list === undefined ? {} : { options: list }),
  };
  if (defaultField === undefined || isAbsent(defaultField.value)) return shape;
  refusePrototypeKeys(defaultField.value, report);
  report.mapBelow(defaultField.value, defaultField.path, 'mapped', 'kept as it is', true);
  const value = toJsonValue(defaultField.value);
  // A default that is written as JSON is meant as such; a text may be plain prose.
  const converted = type === 'json' ? { value } : convertInput(shape, value);
  if ('value' in converted) return { ...shape, default: converted.value };
  report.error('bad-default', `The default ${converted.why}.`, defaultField.value);
  return shape;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `env:`: the workflow's own variables, taken as they are written; what a secret's name stands for is filled in for commands. */
export function readEnv(field: Field | undefined, report: Report): Record<string, string> {
  const env = Object.create(null) as Record<string, string>;
  const node = readMap(field, report);
  if (field === undefined || node === undefined) return env;
  for (const entry of node.entries) {
    const path = `${field.path}.${entry.key}`;
    report.map(path, 'mapped', 'same meaning', { same: true });
    if (!VARIABLE.test(entry.key)) {
      report.error(
        'bad-name',
        `"${entry.key}" cannot be a variable.`,
        entry.keySpan,
        'Letters, digits and "_" only.',
      );
      continue;
    }
    if (/^BATON_/i.test(entry.key) || entry.key === '__proto__') {
      report.error('reserved-name', `"${entry.key}" is set by Baton.`, entry.keySpan, 'Choose another name.');
      continue;
    }
    const value = readText({ ...entry, path }, report) ?? '';
    const other = withoutSecrets(value);
    if (placeholders(other).some(namesSecret)) {
      const hint = `Write "\${{ secrets.NAME }}", alone or inside of a text; a name has letters, digits and "_" only.`;
      report.error('secret-place', 'A secret is named, not computed.', entry.value, hint);
    } else if (/\$?\{\{/.test(other)) {
      const hint = 'Name the input where the value is used.';
      report.warn(
        'literal-env',
        'Variables are taken as they are written: nothing but secrets is filled in.',
        entry.value,
        hint,
      );
    }
    env[entry.key] = value;
  }
  return env;
}

/** Whether an expression asks for a secret in any other way than by its plain name. */
function namesSecret(place: Placeholder): boolean {
  if (place.kind !== 'expression') return /^\s*secrets\b/i.test(place.source);
  return checkExpression(place.source).references.some(({ path }) => path[0] === 'secrets');
}
