import type { Tool } from '../../../tools/tool';
import type { AgentAtWork } from '../agent-at-work';
import { answerMessage } from './answer-message';
import { askAgent } from './ask-agent';
import { broadcast } from './broadcast';
import { lockShared, unlockShared } from './lock-shared';
import { readMessages } from './read-messages';
import { sendMessage } from './send-message';
import { readShared, share } from './share';
import { publish, subscribe } from './topics';

/** All tools of an agent that talks with the others of its run, in the order they are offered. */
export const talkTools = (work: AgentAtWork): readonly Tool[] => [
  sendMessage(work),
  broadcast(work),
  publish(work),
  subscribe(work),
  askAgent(work),
  readMessages(work),
  answerMessage(work),
  share(work),
  readShared(work),
  lockShared(work),
  unlockShared(work),
];
