import * as vscode from 'vscode';
import { faultNoun } from '../../core/model/fault-words';
import { formatCost, formatTokens } from '../../core/model/spending-words';
import type { HealthReport } from '../../core/providers/provider';
import type { ProviderStatus } from '../../core/runtime-port';
import type { Look } from '../words';
import type { LastFault } from './last-faults';

/**
 * A provider's state as people meet it: an icon of its own shape, a word, colour last.
 *
 * @param last what its last request came to, when that failed
 */
export function providerLook(
  { state, until }: Pick<ProviderStatus, 'state' | 'until'>,
  last?: Pick<LastFault, 'fault'>,
): Look {
  switch (state) {
    case 'ready':
      if (last !== undefined)
        return look(
          'warning',
          vscode.l10n.t('last request: {0}', faultNoun(last.fault)),
          'list.warningForeground',
        );
      return look('pass', vscode.l10n.t('ready'), 'testing.iconPassed');
    case 'disabled':
      return look('circle-slash', vscode.l10n.t('off'), 'disabledForeground');
    case 'no-key':
      return look('key', vscode.l10n.t('no key'));
    case 'refused-key':
      return look('error', vscode.l10n.t('key refused'), 'list.errorForeground');
    case 'no-money':
      return look('warning', vscode.l10n.t('no quota left'), 'list.warningForeground');
    case 'cooling-down':
      return look(
        'watch',
        until === undefined
          ? vscode.l10n.t('cooling down')
          : vscode.l10n.t('cooling down until {0}', clock(until)),
        'list.warningForeground',
      );
    case 'circuit-open':
      return look(
        'debug-disconnect',
        until === undefined ? vscode.l10n.t('failing') : vscode.l10n.t('failing, next try {0}', clock(until)),
        'list.warningForeground',
      );
    case 'unreachable':
      return look('debug-disconnect', vscode.l10n.t('not reachable'), 'list.errorForeground');
    case 'no-models':
      return look('circle-large-outline', vscode.l10n.t('no models'), 'disabledForeground');
    case 'no-consent':
      return look('lock', vscode.l10n.t('not allowed yet'));
    default:
      return state satisfies never;
  }
}

/** "ready · 420 ms · 2 % errors · 3/min · $0.12 today": only what there is to say. */
export function providerLine(status: ProviderStatus, last?: Pick<LastFault, 'fault'>): string {
  const { latencyMs, errorRate, requestsPerMinute } = status;
  return [
    providerLook(status, last).word,
    latencyMs === undefined ? '' : formatLatency(latencyMs),
    errorRate === undefined || errorRate < 0.005
      ? ''
      : vscode.l10n.t('{0} % errors', Math.round(errorRate * 100)),
    requestsPerMinute === 0 ? '' : vscode.l10n.t('{0}/min', requestsPerMinute),
    todayCost(status),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What a provider said of its health, as a part of a sentence. */
export function healthDetail({ detail, latencyMs }: HealthReport): string {
  return `${detail.replace(/\.$/, '')}, ${formatLatency(latencyMs)}`;
}

/** "420 ms", "1.2 s". */
export function formatLatency(milliseconds: number): string {
  return milliseconds < 1_000
    ? vscode.l10n.t('{0} ms', Math.round(milliseconds))
    : vscode.l10n.t('{0} s', (milliseconds / 1_000).toFixed(1));
}

/**
 * "$0.12 today"; "12k tokens today" where no price is known, or none is asked; empty when nothing was asked. What has no known price is
 * never told as $0.
 */
export function todayCost({ today }: Pick<ProviderStatus, 'today'>): string {
  const { calls, tokens, usd, estimated, unpriced } = today;
  if (calls === 0) return '';
  if (usd === 0) return vscode.l10n.t('{0} tokens today', formatTokens(tokens));
  return vscode.l10n.t('{0} today', formatCost({ usd, estimated, unpriced: unpriced === true }));
}

/** With seconds: most waits are shorter than a minute. */
function clock(at: number): string {
  return new Date(at).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
}

function look(icon: string, word: string, color?: string): Look {
  return {
    icon: new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color)),
    word,
  };
}
