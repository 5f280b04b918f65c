import type { ToolDeclaration } from '../../../providers/provider';
import { textArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import type { AgentAtWork } from '../agent-at-work';
import { shape, text } from './parameters';
import { talkTool } from './talk-tool';
import { toldSent } from './told';

const declaration: ToolDeclaration = {
  name: 'broadcast',
  description: 'Tells something to all other agents that take part in this run now.',
  parameters: shape({ text: text('What they should know') }, ['text']),
};

export const broadcast = (work: AgentAtWork): Tool =>
  talkTool(work, declaration, async ({ postbox }, args) => {
    const saying = { type: 'notification', body: { text: textArgument(args, 'text') } } as const;
    return toldSent(await postbox.broadcast(saying), postbox.others());
  });
