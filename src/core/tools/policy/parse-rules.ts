import * as z from 'zod';
import { commandRuleFault } from './command-rule';
import { commandRuleSchema } from './command-rule-schema';
import { type EffectPattern, noRules, type PolicyRules } from './rules';

const effectKinds = [
  'read',
  'list',
  'write',
  'delete',
  'shell',
  'search',
  'fetch',
  'service',
  'mcp',
  'delegate',
] as const;
const text = z.string().min(1).max(1_000).optional();
const pattern = z
  .strictObject({
    agent: text,
    tool: text,
    effect: z.enum(effectKinds).optional(),
    path: text,
    host: text,
    program: text,
    server: text,
  })
  .transform(
    (given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as EffectPattern,
  );
const host = z
  .string()
  .max(260)
  .regex(
    /^(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/,
    'A host is a name like "example.com" or "*.example.com"',
  );

const items = {
  commands: commandRuleSchema,
  hosts: host,
  alwaysAsk: pattern,
  deny: pattern,
} as const;

export interface ParsedRules {
  readonly rules: PolicyRules;
  /** What is wrong with the setting, a sentence each. */
  readonly faults: readonly string[];
  /** True when a guard (`alwaysAsk`, `deny`) could not be read: then nothing may be allowed by itself. */
  readonly isUnsafe: boolean;
}

/** The person's setting, item by item: one that cannot be read is told and left out, and allows nothing. */
export function parseRules(value: unknown): ParsedRules {
  if (value === undefined || value === null) return { rules: noRules, faults: [], isUnsafe: false };
  if (typeof value !== 'object' || Array.isArray(value))
    return { rules: noRules, faults: ['The rules of tools are an object'], isUnsafe: true };
  const given = value as Readonly<Record<string, unknown>>;
  const faults = Object.keys(given)
    .filter((key) => !Object.hasOwn(items, key))
    .map((key) => `Unknown rule of tools: ${key}`);
  const read = <T>(
    key: keyof typeof items,
    schema: z.ZodType<T>,
    look: (item: T, index: number) => void = () => {},
  ): readonly T[] => {
    const list = Object.hasOwn(given, key) ? given[key] : [];
    if (!Array.isArray(list)) {
      faults.push(`${key} is a list`);
      return [];
    }
    return list.flatMap((item: unknown, index) => {
      const parsed = schema.safeParse(item);
      if (parsed.success) {
        look(parsed.data, index);
        return [parsed.data];
      }
      faults.push(`${key}[${index}]: ${parsed.error.issues[0]?.message ?? 'cannot be read'}`);
      return [];
    });
  };
  const commands = read('commands', items.commands, (rule, index) => {
    const fault = commandRuleFault(rule);
    if (fault !== undefined) faults.push(`commands[${index}]: ${fault}`);
  });
  const hosts = read('hosts', items.hosts);
  const before = faults.length;
  const alwaysAsk = read('alwaysAsk', items.alwaysAsk);
  const deny = read('deny', items.deny);
  const isUnsafe = faults.length > before || faults.some((fault) => fault.startsWith('Unknown rule'));
  // A guard that cannot be read may have been the one that matters.
  const rules = isUnsafe
    ? { commands: [], hosts: [], alwaysAsk: [...alwaysAsk, {}], deny }
    : { commands, hosts, alwaysAsk, deny };
  return { rules, faults, isUnsafe };
}
