/*
 * owns: from any value (a settings file, an editor's settings) to a layer of settings, and everything that is wrong with it.
 * must stay true: total; a key is never taken out of a file, nor repeated in a message.
 */
import * as z from 'zod';
import { parseDuration } from '../../base/duration';
import { isJsonObject } from '../../base/json';
import { nearest } from '../../base/nearest';
import type { ProviderWish, SettingsLayer } from './settings-layer';

export interface LayerFault {
  readonly path: readonly string[];
  readonly message: string;
  /** True when a limit may have been lost by it: then nobody should be asked until it is right. */
  readonly isGrave: boolean;
}

export interface ReadLayer {
  readonly layer: SettingsLayer;
  readonly faults: readonly LayerFault[];
}

const amount = z.number().positive().finite();
const count = (most: number) => z.number().int().min(0).max(most);
const text = z.string().trim().min(1).max(500);
const milliseconds = z
  .union([
    z.number().positive().max(3_600_000),
    z.string().transform((given, context) => {
      const read = parseDuration(given);
      if (read !== undefined && read > 0 && read <= 3_600_000) return read;
      context.addIssue('a duration like 60s or 2m');
      return z.NEVER;
    }),
  ])
  .transform((value) => Math.round(value));
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** What each key holds, and how a wrong value is told. */
type Shape = Readonly<Record<string, readonly [z.ZodType, string]>>;

const PROVIDER = {
  enabled: [z.boolean(), 'true or false'],
  priority: [z.number().min(0).max(1_000), 'a number from 0 to 1000'],
  defaultModel: [text, 'the id of a model'],
  maxRetries: [count(10), 'a whole number from 0 to 10'],
  timeout: [milliseconds, 'milliseconds, or a duration like 60s, at most 1h'],
  rateLimitPerMinute: [amount, 'a number above 0'],
  title: [text, 'a text'],
  baseUrl: [text, 'an address like https://host/v1'],
  keyless: [z.boolean(), 'true or false'],
  keyName: [variable, 'the name of an environment variable'],
  allowInsecure: [z.boolean(), 'true or false'],
} as const satisfies Shape;

const TOP = {
  routing: [z.enum(['priority', 'cheapest', 'fastest']), '"priority", "cheapest" or "fastest"'],
  probeLocalServers: [z.boolean(), 'true or false'],
} as const satisfies Shape;

const BUDGET = {
  usdPerDay: [amount, 'a number above 0'],
  tokensPerDay: [z.number().int().positive(), 'a whole number above 0'],
} as const satisfies Shape;

const PRICE = {
  input: [z.number().min(0), 'US dollars for a million tokens'],
  output: [z.number().min(0), 'US dollars for a million tokens'],
} as const satisfies Shape;

const SECTIONS = ['providers', 'budget', 'prices', 'environments', '$schema'];
/** Where people would put a key. */
const LOOKS_LIKE_A_KEY =
  /^(api[-_]?key|key|keys|token|api[-_]?token|secret|password|authorization|auth|headers)$/i;
const PROVIDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export interface ReadLayerOptions {
  /** A file of another program, whose other parts are its own affair. */
  readonly onlyProviders?: boolean;
  /** Keys of the same file that others read. */
  readonly otherSections?: readonly string[];
}

/** Total: what cannot be read is left out and told. `from`: the place, for people. */
export function readLayer(value: unknown, from: string, options: ReadLayerOptions = {}): ReadLayer {
  const faults: LayerFault[] = [];
  const report: Report = (path, message, isGrave = true) => void faults.push({ path, message, isGrave });
  if (!isJsonObject(value)) {
    report([], 'settings are a JSON object');
    return { layer: { from, isBroken: true }, faults };
  }
  const isStranger = options.onlyProviders === true;
  const providers: Record<string, ProviderWish> = {};
  for (const [name, given] of entriesOf(value['providers'], ['providers'], report)) {
    if (!PROVIDER_NAME.test(name)) {
      report(['providers', name], 'is no name for a provider: letters, digits, ".", "_" and "-", at most 64');
    } else providers[name] = readPart(given, PROVIDER, ['providers', name], report, isStranger);
  }
  if (isStranger) {
    if (Object.keys(value).some((key) => key !== 'providers')) {
      report([], 'only "providers" of this file is read', false);
    }
    return { layer: { from, providers }, faults };
  }
  const budget =
    value['budget'] === undefined ? {} : readPart<typeof BUDGET>(value['budget'], BUDGET, ['budget'], report);
  const prices: Record<string, { input: number; output: number }> = {};
  for (const [model, given] of entriesOf(value['prices'], ['prices'], report)) {
    const { input, output } = readPart<typeof PRICE>(given, PRICE, ['prices', model], report);
    if (input !== undefined && output !== undefined) prices[model] = { input, output };
    else
      report(['prices', model], 'a price needs "input" and "output", US dollars for a million tokens', false);
  }
  const sections = [...SECTIONS, ...(options.otherSections ?? [])];
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !sections.includes(key)));
  const top = readPart<typeof TOP>(rest, TOP, [], report, false, sections);
  const { usdPerDay, tokensPerDay } = budget;
  const dayCap = {
    ...(usdPerDay !== undefined && { usd: usdPerDay }),
    ...(tokensPerDay !== undefined && { tokens: tokensPerDay }),
  };
  const layer: SettingsLayer = {
    from,
    ...top,
    ...(Object.keys(providers).length > 0 && { providers }),
    ...(Object.keys(dayCap).length > 0 && { dayCap }),
    ...(Object.keys(prices).length > 0 && { prices }),
    ...(faults.some(({ isGrave }) => isGrave) && { isBroken: true }),
  };
  return { layer, faults };
}

type Report = (path: readonly string[], message: string, isGrave?: boolean) => void;
type Values<Of extends Shape> = { -readonly [Key in keyof Of]?: z.output<Of[Key][0]> };

function entriesOf(value: unknown, path: readonly string[], report: Report): [string, unknown][] {
  if (value === undefined) return [];
  if (isJsonObject(value)) return Object.entries(value).filter(([key]) => key !== '__proto__');
  report(path, 'must be an object');
  return [];
}

function readPart<Of extends Shape>(
  value: unknown,
  shape: Of,
  path: readonly string[],
  report: Report,
  isStranger = false,
  others: readonly string[] = [],
): Values<Of> {
  const read: Record<string, unknown> = {};
  for (const [key, given] of entriesOf(value, path, report)) {
    const at = [...path, key];
    const rule = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (LOOKS_LIKE_A_KEY.test(key)) {
      const how = 'Keys do not belong into files: set the environment variable, or use "Baton: Set API Key".';
      report(at, `is not read. ${how}`, false);
    } else if (rule !== undefined) {
      const parsed = rule[0].safeParse(given);
      if (parsed.success) read[key] = parsed.data;
      else report(at, `must be ${rule[1]}`);
    } else if (!isStranger) {
      const meant = nearest(key, [...Object.keys(shape), ...others]);
      // A key that was meant and not read may have been a limit.
      const hint =
        meant === undefined ? 'is no setting and has no effect' : `is no setting. Did you mean "${meant}"?`;
      report(at, hint, meant !== undefined || path[0] === 'budget');
    }
  }
  return read as Values<Of>;
}
