import type { ToolDeclaration } from '../../../providers/provider';
import { numberArgument, textArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import type { AgentAtWork } from '../agent-at-work';
import { name, shape, whole } from './parameters';
import { talkTool } from './talk-tool';
import { told } from './told';

const DEFAULT_SECONDS = 10;

const locking: ToolDeclaration = {
  name: 'lock_shared',
  description:
    'Only you change a shared key until you unlock it. The lock ends with your work, and when the program is interrupted.',
  parameters: shape(
    {
      key: name('The key'),
      waitSeconds: whole(0, 300, `How long you wait for who holds it. Default: ${DEFAULT_SECONDS}`),
    },
    ['key'],
  ),
};

export const lockShared = (work: AgentAtWork): Tool =>
  talkTool(work, locking, async ({ context, signal }, args) => {
    const key = textArgument(args, 'key');
    const waitMs = numberArgument(args, 'waitSeconds', DEFAULT_SECONDS) * 1_000;
    const locked = await context.lock(key, { waitMs, signal });
    if (locked.locked) return told(`You hold ${key}, at version ${context.read(key)?.version ?? 0}.`);
    if (locked.why === 'refused') return told(locked.refused.message, true);
    return locked.holder === work.participant
      ? told(`You hold ${key} already.`)
      : told(`${locked.holder} holds ${key}.`, true);
  });

const unlocking: ToolDeclaration = {
  name: 'unlock_shared',
  description: 'Lets go of a shared key that you locked.',
  parameters: shape({ key: name('The key') }, ['key']),
};

export const unlockShared = (work: AgentAtWork): Tool =>
  talkTool(work, unlocking, async ({ context }, args) => {
    const key = textArgument(args, 'key');
    return told((await context.unlock(key)) ? `${key} is free.` : `You do not hold ${key}.`);
  });
