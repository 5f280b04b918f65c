import type { Refuser, ToolCall } from '../../src/core/model/tool-call';
import { asSentence } from '../words/format';
import type { StatusWord } from '../words/status-words';

/** How a call of a tool stands. `interrupted`: nobody drives the run, so nothing of it runs. */
export function callWord({ status, refused }: ToolCall, interrupted: boolean): StatusWord {
  switch (status) {
    case 'running':
      return interrupted ? MAYBE : { icon: 'circle-filled', word: 'Running', tone: 'active' };
    case 'done':
      return { icon: 'pass', word: 'Done', tone: 'good' };
    case 'failed':
      return { icon: 'error', word: 'Error', tone: 'bad' };
    case 'refused':
      return {
        icon: 'circle-slash',
        word: refused === undefined ? 'Refused' : REFUSED[refused.by],
        tone: 'stopped',
      };
    case 'interrupted':
      return MAYBE;
    default:
      return status satisfies never;
  }
}

const MAYBE: StatusWord = { icon: 'question', word: 'Interrupted, may have happened', tone: 'asking' };

const REFUSED: Readonly<Record<Refuser, string>> = {
  policy: 'Not allowed',
  person: 'Refused by a person',
  tool: 'Not possible as asked',
  bounds: 'Over the limit of calls',
};

/** Why a call that did nothing did nothing, in a sentence. */
export function refusalText({ refused, permit }: ToolCall): string {
  if (refused === undefined) return 'It was refused and did nothing.';
  switch (refused.by) {
    case 'policy':
      return asSentence(`Policy did not allow it: ${permit.why}`);
    case 'person':
      return 'A person refused it; the agent was told.';
    case 'tool':
      return 'The tool could not do it as it was asked, and did nothing.';
    case 'bounds':
      return 'The step had used up its calls.';
    default:
      return refused.by satisfies never;
  }
}
