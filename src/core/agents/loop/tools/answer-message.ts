import type { ToolDeclaration } from '../../../providers/provider';
import { numberArgument, textArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import type { AgentAtWork } from '../agent-at-work';
import { shape, text, whole } from './parameters';
import { talkTool } from './talk-tool';
import { toldSent } from './told';

const declaration: ToolDeclaration = {
  name: 'answer_message',
  description: 'Answers a request of another agent, once.',
  parameters: shape(
    {
      id: whole(1, Number.MAX_SAFE_INTEGER, 'The number of the request'),
      text: text('The answer'),
    },
    ['id', 'text'],
  ),
};

export const answerMessage = (work: AgentAtWork): Tool =>
  talkTool(work, declaration, async ({ postbox }, args) => {
    const id = numberArgument(args, 'id', 0);
    const sent = await postbox.respond({ id }, { output: { text: textArgument(args, 'text') } });
    return toldSent(sent, postbox.others());
  });
