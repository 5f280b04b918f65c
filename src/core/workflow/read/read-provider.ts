import { canonicalProvider, KNOWN_PROVIDERS, PROVIDER_WORDS } from '../../model/provider-names';
import type { Report } from '../source/report';
import { Fields, type Field } from './fields';
import { readTexts, type ListedText } from './values';

/** `provider: claude`, or an ordered list; each by the one name that settings and events use. */
export function readProvider(field: Field | undefined, report: Report): readonly string[] | undefined {
  const listed = readTexts(field, report);
  if (field === undefined || listed === undefined || listed.length === 0) return undefined;
  const unique = [...new Set(listed.map((one) => nameOf(one, report)))];
  if (unique.join() !== listed.map(({ text }) => text).join())
    report.map(field.path, 'mapped', `provider ${unique.join(', ')}`);
  return unique;
}

function nameOf({ text, node }: ListedText, report: Report): string {
  const name = canonicalProvider(text);
  if (KNOWN_PROVIDERS.some((known) => known === name)) return name;
  // Servers that a person added have names of their own, which no file can know: only a slip is told.
  const meant = report.nearest(name, PROVIDER_WORDS);
  if (meant !== undefined) {
    const message = `"${text}" is no provider, unless you gave a server of yours that name.`;
    report.warn('unknown-provider', message, node, `Did you mean "${meant}"?`);
  }
  return name;
}

/**
 * The order for steps that name no provider: `modelProvider: claude`, `providers: [claude, gemini]`,
 * `providers: {order: [...]}` or `{primary: claude, fallback: [gemini]}`.
 */
export function readProviderOrder(
  single: Field | undefined,
  field: Field | undefined,
  report: Report,
): readonly string[] | undefined {
  const order: string[] = [...(readProvider(single, report) ?? [])];
  const note = 'config.providers: whom steps ask, after their own';
  if (field?.value.kind === 'map') {
    const inner = new Fields(field.value, field.path, report);
    for (const name of ['order', 'primary', 'fallback']) {
      order.push(...(readProvider(inner.take(name), report) ?? []));
    }
    report.mapBelow(field.value, field.path, 'mapped', note);
    inner.finish();
  } else order.push(...(readProvider(field, report) ?? []));
  for (const one of [single, field]) if (one) report.map(one.path, 'mapped', note);
  return order.length === 0 ? undefined : [...new Set(order)];
}
