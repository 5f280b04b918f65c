import type { Message, MessageType, Priority } from '../../src/core/model/message';

/** To whom a message goes, as a line says it. */
export function whomText({ way, to }: Pick<Message, 'way' | 'to'>): string {
  if (way.type === 'topic') return `#${way.topic}`;
  if (way.type === 'broadcast') return to.length === 0 ? 'everyone' : `everyone (${to.length})`;
  return to.length === 0 ? 'nobody' : to.join(', ');
}

export const TYPE_WORDS: Readonly<Record<MessageType, { readonly word: string; readonly icon: string }>> = {
  context_share: { word: 'shares', icon: 'references' },
  result_handoff: { word: 'hands over', icon: 'package' },
  request: { word: 'asks', icon: 'question' },
  response: { word: 'answers', icon: 'reply' },
  notification: { word: 'tells', icon: 'megaphone' },
  error: { word: 'tells of a fault', icon: 'error' },
  state_update: { word: 'tells its state', icon: 'info' },
};

/** Said only where it is not the usual one. */
export function priorityWord(priority: Priority): string {
  return priority === 'normal' ? '' : priority;
}
