import { priorities, type Priority } from '../../../model/message';
import type { ToolDeclaration } from '../../../providers/provider';
import { textArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import type { AgentAtWork } from '../agent-at-work';
import { name, shape, text } from './parameters';
import { talkTool } from './talk-tool';
import { toldSent } from './told';

const declaration: ToolDeclaration = {
  name: 'send_message',
  description: 'Tells something to one other agent of this run. It reads it when it next looks.',
  parameters: shape(
    {
      to: name('Its name in this run: the key of its step, or the name that a message came from'),
      text: text('What it should know'),
      priority: { type: 'string', enum: [...priorities], description: 'Default: normal' },
    },
    ['to', 'text'],
  ),
};

export const sendMessage = (work: AgentAtWork): Tool =>
  talkTool(work, declaration, async ({ postbox }, args) => {
    const saying = { type: 'notification', body: { text: textArgument(args, 'text') } } as const;
    const priority = (args['priority'] ?? 'normal') as Priority;
    return toldSent(await postbox.send(textArgument(args, 'to'), saying, priority), postbox.others());
  });
