import type { ToolOutcome } from '../../../tools/tool';
import type { Sent } from '../../collaboration/postbox';

/** An outcome in words of ours. */
export const told = (text: string, isError = false): ToolOutcome => ({ text, isError, isForeign: false });

/** An outcome that holds what other agents said. */
export const quoted = (text: string, isError = false): ToolOutcome => ({ text, isError, isForeign: true });

/** Who got a message, or why nobody did. */
export function toldSent(sent: Sent, others: readonly string[]): ToolOutcome {
  if (!sent.sent) {
    const { code, message } = sent.refused;
    return told(code === 'no-such-participant' ? `${message} ${hereNow(others)}` : message, true);
  }
  const missed = sent.missed.length === 0 ? '' : ` Too much unread to get it: ${sent.missed.join(', ')}.`;
  const whom = sent.to.length === 0 ? 'Nobody was there to get it.' : `Sent to ${sent.to.join(', ')}.`;
  return told(`${whom}${missed}`);
}

/** Who could be spoken to. */
export const hereNow = (others: readonly string[]): string =>
  others.length === 0
    ? 'Nobody else takes part now.'
    : `Here now: ${others.slice(0, 20).join(', ')}${others.length > 20 ? ` and ${others.length - 20} more` : ''}.`;
