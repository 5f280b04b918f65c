import type { Sha256 } from '../../../model/ids';
import type { AgentTask } from '../../agent';
import type { Once } from '../../collaboration/postbox';

/** Enough to tell the calls of a run apart, and short in a log. */
const MARK_LENGTH = 16;

/** How what a call says is known again when the call is made again; undefined when nobody says which call it is. */
export async function onceFor(
  { tools }: Pick<AgentTask, 'tools'>,
  call: Sha256 | undefined,
): Promise<Once | undefined> {
  if (call === undefined) return undefined;
  // Only a call that an interrupted attempt began: one that failed begins anew, and says it anew.
  const again = (await tools.recorded(call))?.status === 'started';
  return { mark: call.slice(0, MARK_LENGTH), again };
}
