import type { ToolDeclaration } from '../../../providers/provider';
import { textArgument } from '../../../tools/services/checked-arguments';
import type { Tool } from '../../../tools/tool';
import type { AgentAtWork } from '../agent-at-work';
import { name, shape, text } from './parameters';
import { talkTool } from './talk-tool';
import { told, toldSent } from './told';

const publishing: ToolDeclaration = {
  name: 'publish',
  description: 'Tells something to the agents that subscribed to a topic.',
  parameters: shape({ topic: name('The topic'), text: text('What they should know') }, ['topic', 'text']),
};

export const publish = (work: AgentAtWork): Tool =>
  talkTool(work, publishing, async ({ postbox }, args) => {
    const saying = { type: 'notification', body: { text: textArgument(args, 'text') } } as const;
    return toldSent(await postbox.publish(textArgument(args, 'topic'), saying), postbox.others());
  });

const subscribing: ToolDeclaration = {
  name: 'subscribe',
  description: 'From now on, what other agents publish on a topic is among your messages.',
  parameters: shape({ topic: name('The topic') }, ['topic']),
};

export const subscribe = (work: AgentAtWork): Tool =>
  talkTool(work, subscribing, async ({ postbox }, args) => {
    const topic = textArgument(args, 'topic');
    const refused = await postbox.subscribe(topic);
    return refused === undefined
      ? told(`You get what is published on ${topic}.`)
      : told(refused.message, true);
  });
