import type { ToolDeclaration } from '../../../providers/provider';
import { numberArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import { fencedMessage } from '../../collaboration/handoff';
import type { AgentAtWork } from '../agent-at-work';
import { shape, whole } from './parameters';
import { talkTool } from './talk-tool';
import { hereNow, quoted, told } from './told';

const DEFAULT_LIMIT = 10;
/** Characters of one message. */
const ONE_MESSAGE = 4_000;

const declaration: ToolDeclaration = {
  name: 'read_messages',
  description:
    'Gives what other agents told or asked you and you have not read, the most urgent first. Answer a request with answer_message and its number.',
  parameters: shape({ limit: whole(1, 20, `At most so many. Default: ${DEFAULT_LIMIT}`) }, []),
};

export const readMessages = (work: AgentAtWork): Tool =>
  talkTool(work, declaration, async ({ postbox, sha256 }, args) => {
    const messages = await postbox.receive(numberArgument(args, 'limit', DEFAULT_LIMIT));
    if (messages.length === 0) return told(`Nothing is unread. ${hereNow(postbox.others())}`);
    return quoted(messages.map((message) => fencedMessage(message, sha256, ONE_MESSAGE)).join('\n\n'));
  });
