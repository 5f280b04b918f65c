import { isJsonObject, type JsonValue } from '../../core/base/json';
import type { RunEvent } from '../../core/model/events';
import type { Message } from '../../core/model/message';
import type { RunState } from '../../core/model/run-state';

/*
 * What a panel is sent of a run: all that it shows, and nothing that only grows. Answers of models, results of tools and what agents
 * hand to each other can be as large as the files they are about; the record keeps them.
 */

/** Characters of JSON that one value may take. */
const LONGEST = 2_000;
const LONGEST_TEXT = 400;
const MOST_ITEMS = 20;
const DEEPEST = 4;

export function stateForView(state: RunState): RunState {
  return {
    ...state,
    tools: Object.fromEntries(
      Object.entries(state.tools).map(([step, calls]) => [
        step,
        calls.map((call) => ({ ...call, arguments: brief(call.arguments) })),
      ]),
    ),
    // What was decided is told; what was asked then can be many long diffs.
    closedApprovals: state.closedApprovals.map((closed) =>
      closed.approval.shown.calls === undefined
        ? closed
        : { ...closed, approval: { ...closed.approval, shown: { artifacts: [] } } },
    ),
    talk: {
      ...state.talk,
      messages: state.talk.messages.map(messageForView),
      shared: Object.fromEntries(
        Object.entries(state.talk.shared).map(([key, value]) => [
          key,
          { ...value, value: brief(value.value) },
        ]),
      ),
    },
  };
}

/** Folds to the same as `stateForView` of what the whole event folds to. */
export function eventForView(event: RunEvent): RunEvent {
  switch (event.type) {
    case 'call-answered':
      return { ...event, answer: null };
    case 'tool-started':
      return { ...event, arguments: brief(event.arguments) };
    case 'tool-completed':
      return { ...event, result: null };
    case 'message-sent':
      return { ...event, message: messageForView(event.message) };
    case 'context-changed':
      return { ...event, value: brief(event.value) };
    default:
      return event;
  }
}

function messageForView(message: Message): Message {
  return { ...message, body: brief(message.body as unknown as JsonValue) } as unknown as Message;
}

/** The value itself when it is short; else its shape with the beginnings of what is in it. */
export function brief(value: JsonValue): JsonValue {
  return JSON.stringify(value).length <= LONGEST ? value : cut(value, DEEPEST);
}

function cut(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string')
    return value.length <= LONGEST_TEXT ? value : `${value.slice(0, LONGEST_TEXT)}…`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, MOST_ITEMS)
        .map(([key, inner]) => [key.slice(0, LONGEST_TEXT), cut(inner, depth - 1)]),
    );
  return value.slice(0, MOST_ITEMS).map((inner) => cut(inner, depth - 1));
}
