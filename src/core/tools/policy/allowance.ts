import * as z from 'zod';
import type { JsonObject } from '../../base/json';
import { toJson } from '../../base/json';
import type { Effect } from '../effect';
import { fitsCommandRule, type CommandRule } from './command-rule';
import { commandRuleSchema } from './command-rule-schema';
import { matchesGlobs } from './glob';
import { fitsHost } from './host-pattern';
import { effectPlace, type PolicyPlace } from './policy-place';
import { isSecret } from './secret-files';

/** "Allow for this run": what a person allowed once and for the rest of the run. Plain JSON, so that an event can hold it. */
export type Allowance =
  /** This rule's question about exactly this call. */
  | { readonly type: 'exact'; readonly rule: string; readonly hash: string }
  | { readonly type: 'path'; readonly tool: string; readonly glob: string }
  | { readonly type: 'host'; readonly tool: string; readonly host: string }
  | { readonly type: 'command'; readonly tool: string; readonly command: CommandRule };

const schema: z.ZodType<Allowance> = z.union([
  z.strictObject({
    type: z.literal('exact'),
    rule: z.string().min(1),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({ type: z.literal('path'), tool: z.string().min(1), glob: z.string().min(1).max(1_000) }),
  z.strictObject({ type: z.literal('host'), tool: z.string().min(1), host: z.string().min(1).max(260) }),
  z.strictObject({ type: z.literal('command'), tool: z.string().min(1), command: commandRuleSchema }),
]);

export function allowanceToJson(allowance: Allowance): JsonObject {
  return toJson(allowance) as JsonObject;
}

/** From an event; undefined when it is none. */
export function allowanceFromJson(value: unknown): Allowance | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** What was asked of one effect. */
export interface AskedEffect {
  readonly tool: string;
  readonly effect: Effect;
  readonly rule: string;
  /** Of the whole call, as `shownHash` gives it; absent: no exact allowance fits. */
  readonly hash?: string;
}

/** Questions that only an exact allowance answers: each of these calls is worth a look of its own. */
const EXACT_ONLY = new Set([
  ...[
    'protected-file',
    'secret-file',
    'delete',
    'outside-workspace',
    'always-ask',
    'rule-of-two',
    'long-address',
    'http-post',
  ],
]);

/** True when the person allowed it for this run. */
export function isCovered(allowances: readonly Allowance[], asked: AskedEffect, place: PolicyPlace): boolean {
  return allowances.some((allowance) => covers(allowance, asked, place));
}

function covers(
  allowance: Allowance,
  { tool, effect, rule, hash }: AskedEffect,
  place: PolicyPlace,
): boolean {
  if (allowance.type === 'exact')
    return hash !== undefined && allowance.hash === hash && allowance.rule === rule;
  if (allowance.tool !== tool || EXACT_ONLY.has(rule)) return false;
  switch (allowance.type) {
    case 'path': {
      if (effect.type !== 'write' && effect.type !== 'read' && effect.type !== 'list') return false;
      const { relative } = effectPlace(effect.path, place);
      return (
        relative !== undefined &&
        !isSecret(relative) &&
        matchesGlobs([allowance.glob], relative, { hidden: false })
      );
    }
    case 'host':
      return effect.type === 'network' && effect.method === 'GET' && fitsHost(allowance.host, effect.url);
    case 'command': {
      if (effect.type !== 'shell' || typeof effect.command === 'string') return false;
      const { relative } = effectPlace(effect.cwd, place);
      return (
        relative !== undefined &&
        fitsCommandRule(allowance.command, effect.command, { folder: relative, platform: place.platform })
      );
    }
    default:
      return allowance satisfies never;
  }
}
