import { formatCost, formatTokens } from '../../core/model/spending-words';
import type { ProviderStatus } from '../../core/runtime-port';
import { columns, type Style } from './style';
import { visibleLine } from './visible';
import { elapsedOf, type StatusWord } from './words';

export const PROVIDER_WORDS: Readonly<Record<ProviderStatus['state'], StatusWord>> = {
  ready: { mark: '✓', word: 'ready', tone: 'good' },
  disabled: { mark: '–', word: 'switched off', tone: 'quiet' },
  'no-key': { mark: '○', word: 'no key', tone: 'quiet' },
  'refused-key': { mark: '✗', word: 'key refused', tone: 'bad' },
  'no-money': { mark: '✗', word: 'no quota or money', tone: 'bad' },
  'cooling-down': { mark: '◐', word: 'cooling down', tone: 'asking' },
  'circuit-open': { mark: '◐', word: 'not asked: too many errors', tone: 'asking' },
  unreachable: { mark: '✗', word: 'does not answer', tone: 'bad' },
  'no-models': { mark: '○', word: 'offers no model', tone: 'quiet' },
  'no-consent': { mark: '○', word: 'not allowed yet', tone: 'quiet' },
};

/** What a person can type or set so that the provider can be asked. */
export function fixFor(status: ProviderStatus, keyName: string | undefined): string | undefined {
  switch (status.fix) {
    case undefined:
      return undefined;
    case 'set-key':
      return keyName === undefined ? 'Set its key in the environment.' : `Set ${keyName} in the environment.`;
    case 'enable':
      return `Set "enabled": true for "${status.name}" in baton.config.json.`;
    case 'choose-model':
      return `Set "defaultModel" for "${status.name}" in baton.config.json.`;
    case 'allow':
      return "Allow it in VS Code: Baton: Allow the Editor's Models.";
    case 'start-server':
      return `Start the server${status.address === undefined ? '' : ` at ${status.address}`}.`;
    case 'try-now':
      return 'Try it now: baton providers --test';
    default:
      return status.fix satisfies never;
  }
}

export interface ProviderRow {
  readonly status: ProviderStatus;
  readonly fix?: string;
  /** What the test said, where there was one. */
  readonly tested?: { readonly answers: boolean; readonly detail: string };
}

/** One line for each provider, and below it why it stands so and what to do. */
export function providerLines(
  rows: readonly ProviderRow[],
  { style, now }: { readonly style: Style; readonly now: number },
): string[] {
  const table = columns(
    rows.map(({ status }) => {
      const { mark, word, tone } = PROVIDER_WORDS[status.state];
      return [
        style.tone(tone, `${mark} ${visibleLine(status.title)}`),
        `${word}${status.until === undefined ? '' : ` for ${elapsedOf(status.until - now)}`}`,
        visibleLine(status.model ?? '-'),
        [
          ...(status.keyFrom === undefined ? [] : [`key from ${visibleLine(status.keyFrom)}`]),
          ...(status.address === undefined ? [] : [`at ${visibleLine(status.address)}`]),
          ...healthOf(status),
          spentToday(status.today),
        ].join(', '),
      ];
    }),
  );
  return rows.flatMap(({ status, fix, tested }, i) => {
    const more: string[] = [];
    if (status.state !== 'ready')
      more.push([status.detail, fix].filter((one) => one !== undefined).join(' '));
    if (tested !== undefined)
      more.push(`${tested.answers ? 'answers' : 'does not answer'}: ${tested.detail}`);
    return [table[i] ?? '', ...more.map((line) => style.dim(`    ${visibleLine(line)}`))];
  });
}

function healthOf({ latencyMs, errorRate, requestsPerMinute }: ProviderStatus): string[] {
  return [
    ...(latencyMs === undefined ? [] : [`${Math.round(latencyMs)} ms`]),
    ...(errorRate === undefined ? [] : [`${Math.round(errorRate * 100)} % errors`]),
    ...(requestsPerMinute === 0 ? [] : [`${requestsPerMinute}/min`]),
  ];
}

/** Tokens without a price are never told as $0. */
function spentToday({ calls, usd, tokens, estimated }: ProviderStatus['today']): string {
  if (calls === 0) return 'nothing spent today';
  const cost = formatCost({ ...(usd > 0 && { usd }), estimated, unpriced: usd === 0 });
  return `${cost} today (${formatTokens(tokens)} tokens, ${calls} call${calls === 1 ? '' : 's'})`;
}
