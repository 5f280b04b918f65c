import type { ToolDeclaration } from '../../../providers/provider';
import { numberArgument, textArgument } from '../../../tools/services/checked-arguments';
import type { Tool, ToolOutcome } from '../../../tools/tool';
import type { Sha256Of } from '../../chat/fenced-data';
import { fencedMessage } from '../../collaboration/handoff';
import type { Asked } from '../../collaboration/postbox';
import type { AgentAtWork } from '../agent-at-work';
import { LONGEST_TEXT, name, shape, text, whole } from './parameters';
import { talkTool } from './talk-tool';
import { hereNow, quoted, told } from './told';

const DEFAULT_SECONDS = 60;

const declaration: ToolDeclaration = {
  name: 'ask_agent',
  description:
    'Asks another agent of this run that is at work now, and waits for its answer. To have a piece of work done, use delegate.',
  parameters: shape(
    {
      to: name('Its name in this run'),
      question: text('What you want to know, understandable without your context'),
      timeoutSeconds: whole(1, 600, `How long you wait. Default: ${DEFAULT_SECONDS}`),
    },
    ['to', 'question'],
  ),
};

export const askAgent = (work: AgentAtWork): Tool =>
  talkTool(work, declaration, async ({ postbox, signal, sha256, again }, args) => {
    const to = textArgument(args, 'to');
    const seconds = numberArgument(args, 'timeoutSeconds', DEFAULT_SECONDS);
    const others = postbox.others();
    // Who asked this one waits for its result and reads nothing meanwhile: each would wait for the other.
    if (work.participant.startsWith(`${to}/`))
      return told(`${to} waits for your result: put the question into it.`, true);
    if (!again && !others.includes(to)) return told(`"${to}" is not here. ${hereNow(others)}`, true);
    const body = { task: textArgument(args, 'question') };
    const asked = await postbox.request(to, body, { timeoutMs: seconds * 1_000, signal });
    return toldAnswer(asked, to, seconds, sha256);
  });

function toldAnswer(asked: Asked, to: string, seconds: number, sha256: Sha256Of): ToolOutcome {
  switch (asked.outcome) {
    case 'answered':
    case 'failed':
      return quoted(fencedMessage(asked.message, sha256, 2 * LONGEST_TEXT), asked.outcome === 'failed');
    case 'expired':
      return told(`${to} did not answer within ${seconds} s.`, true);
    case 'left':
      return told(`The work of ${to} ended before it answered.`, true);
    case 'refused':
      return told(asked.refused.message, true);
    default:
      return asked satisfies never;
  }
}
