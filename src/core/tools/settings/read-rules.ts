/*
 * owns: from what a person and a workspace wrote about policy to the rules that hold.
 * must stay true: total; a workspace only narrows; when a guard may have been lost, everything is asked.
 */
import type { JsonValue } from '../../base/json';
import { isJsonObject } from '../../base/json';
import { parseRules } from '../policy/parse-rules';
import { narrowedBy, type PolicyRules, type WorkspaceRules } from '../policy/rules';
import type { Note } from './settings-notes';

/** What the person's setting `policy` means. `isUnsure`: a section that may have been meant as the rules was not read. */
export function readPersonRules(value: JsonValue | undefined, isUnsure: boolean, note: Note): PolicyRules {
  const { rules, isUnsafe } = parsed(value, note);
  return isUnsafe || isUnsure ? askedAlways(rules) : rules;
}

/** The person's rules, as narrow as the workspace's `policy` wishes them. */
export function narrowedRules(
  person: PolicyRules,
  value: JsonValue | undefined,
  isUnsure: boolean,
  note: Note,
): PolicyRules {
  if (value === undefined) return isUnsure ? askedAlways(person) : person;
  const { rules, isUnsafe } = parsed(value, note);
  const given = isJsonObject(value) ? value : {};
  const wishes: WorkspaceRules = {
    // A list that is not there narrows nothing; one that cannot be read leaves nothing of the person's.
    ...(Object.hasOwn(given, 'commands') && { commands: rules.commands }),
    ...(Object.hasOwn(given, 'hosts') && { hosts: rules.hosts }),
    alwaysAsk: rules.alwaysAsk,
    deny: rules.deny,
  };
  const narrow = narrowedBy(person, wishes);
  return isUnsafe || isUnsure ? askedAlways(narrow) : narrow;
}

function parsed(value: JsonValue | undefined, note: Note): ReturnType<typeof parseRules> {
  const result = parseRules(value);
  for (const fault of result.faults) {
    const at = /^(\w+)(?:\[(\d+)\])?(?:: | (?=is a list))(.*)$/s.exec(fault);
    const path = at === null ? [] : at[2] === undefined ? [at[1] ?? ''] : [at[1] ?? '', Number(at[2])];
    note(['policy', ...path], ended(at === null ? `cannot be used: ${fault}` : toldOf(at[3] ?? '')));
  }
  if (result.isUnsafe)
    note(['policy'], 'holds a rule that cannot be read. Until it is right, every tool call is asked.');
  return result;
}

const toldOf = (rest: string): string =>
  rest === 'is a list' ? 'must be a list' : `cannot be used: ${rest}`;

const ended = (sentence: string): string => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`);

/** Nothing is allowed by itself. A pattern that gives nothing fits everything. */
function askedAlways(rules: PolicyRules): PolicyRules {
  const isAsked = rules.alwaysAsk.some((pattern) => Object.keys(pattern).length === 0);
  return {
    ...rules,
    commands: [],
    hosts: [],
    alwaysAsk: isAsked ? rules.alwaysAsk : [...rules.alwaysAsk, {}],
  };
}
