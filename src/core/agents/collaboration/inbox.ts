import { priorities, type Message, type MessageId, type Priority } from '../../model/message';

/** What one participant has not read yet: the more urgent first, and within a priority in the order of sending. */
export class Inbox {
  private readonly waiting: Readonly<Record<Priority, Map<MessageId, Message>>> = {
    low: new Map(),
    normal: new Map(),
    high: new Map(),
    urgent: new Map(),
  };
  size = 0;

  add(message: Message): void {
    const queue = this.waiting[message.priority];
    if (queue.has(message.id)) return;
    queue.set(message.id, message);
    this.size += 1;
  }

  has(id: MessageId): boolean {
    return priorities.some((priority) => this.waiting[priority].has(id));
  }

  remove(id: MessageId): void {
    for (const priority of priorities) if (this.waiting[priority].delete(id)) this.size -= 1;
  }

  *[Symbol.iterator](): Iterator<Message> {
    for (const priority of firstToLast) yield* this.waiting[priority].values();
  }
}

const firstToLast = [...priorities].reverse();
