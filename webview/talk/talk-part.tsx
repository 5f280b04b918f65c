import { useLayoutEffect, useRef } from 'preact/hooks';
import type { JsonValue } from '../../src/core/base/json';
import type { Message } from '../../src/core/model/message';
import { MOST_SHOWN, type Talk } from '../../src/core/model/fold-talk';
import type { StepKey } from '../../src/core/model/ids';
import { messageText } from '../../src/core/model/tool-words';
import { FoldedValue, Visible } from '../kit/text-block';
import { Icon, Link } from '../kit/toolkit';
import { declaredSteps } from '../run/definition';
import type { RunView } from '../run/run-model';
import { countOf, prettyJson } from '../words/format';
import { priorityWord, TYPE_WORDS, whomText } from './talk-words';

/** True when agents of the run joined each other: before that there is nothing to show. */
export function hasTalk({ participants, sent, shared }: Talk): boolean {
  return sent > 0 || Object.keys(shared).length > 0 || Object.keys(participants).length > 1;
}

/** Who takes part, who said what to whom, and what they share. All of it is text from agents: it is shown and does nothing. */
export function TalkPart(props: { readonly run: RunView; readonly onSelect: (key: StepKey) => void }) {
  const { run } = props;
  const { talk } = run.state;
  return (
    <section class="talk" aria-label="Conversation of the agents">
      <Participants {...props} />
      <Messages talk={talk} />
      <SharedValues runId={run.state.runId} talk={talk} />
    </section>
  );
}

function Participants(props: { readonly run: RunView; readonly onSelect: (key: StepKey) => void }) {
  const { state } = props.run;
  const declared = declaredSteps(state.definition);
  const all = Object.entries(state.talk.participants);
  return (
    <div class="details-part">
      <h2 class="details-title">{countOf(all.length, 'participant')}</h2>
      <ul class="participants">
        {all.map(([name, { step, isHere }]) => (
          <li key={name} class="participant">
            <Icon name={isHere ? 'account' : 'circle-large-outline'} />
            <span class="participant-name">
              <Visible text={name} />
            </span>
            <Link onClick={() => props.onSelect(step)} title="Show the step">
              {declared.get(step)?.title ?? step}
            </Link>
            {!isHere && <span class="muted">done</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Messages({ talk }: { readonly talk: Talk }) {
  const messages = talk.messages.slice(-MOST_SHOWN);
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (list.current !== null && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [messages.at(-1)?.id]);
  if (messages.length === 0) return null;
  return (
    <div class="details-part">
      <h2 class="details-title">{countOf(talk.sent, 'message')}</h2>
      {talk.sent > messages.length && <p class="muted">The last {messages.length} are shown.</p>}
      <ol
        class="messages"
        ref={list}
        tabIndex={0}
        aria-label="Messages, newest last"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollTop + clientHeight >= scrollHeight - 8;
        }}
      >
        {messages.map((message) => (
          <Said key={message.id} message={message} />
        ))}
      </ol>
    </div>
  );
}

function Said({ message }: { readonly message: Message }) {
  const type = TYPE_WORDS[message.type];
  const priority = priorityWord(message.priority);
  return (
    <li class={`message is-${message.type}`}>
      <p class="message-head">
        <Icon name={type.icon} />
        <span class="message-who">
          <Visible text={message.from} /> <span aria-hidden="true">→</span>
          <span class="hidden">to</span> <Visible text={whomText(message)} />
        </span>
        <span class="message-type">{type.word}</span>
        {priority !== '' && <span class={`message-priority is-${priority}`}>{priority}</span>}
        {message.missed.length > 0 && (
          <span class="message-type">
            not delivered to <Visible text={message.missed.join(', ')} />
          </span>
        )}
      </p>
      <p class="message-text">
        <Visible text={messageText(message)} />
      </p>
    </li>
  );
}

function SharedValues({ runId, talk }: { readonly runId: string; readonly talk: Talk }) {
  const shared = Object.entries(talk.shared);
  if (shared.length === 0) return null;
  return (
    <div class="details-part">
      <h2 class="details-title">{countOf(shared.length, 'shared value')}</h2>
      <table class="shared">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Version</th>
            <th scope="col">By</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {shared.map(([key, { version, by, value, lockedBy }]) => (
            <tr key={key}>
              <th scope="row">
                <Visible text={key} />
                {lockedBy !== undefined && (
                  <span class="muted">
                    <Icon name="lock" /> locked by <Visible text={lockedBy} />
                  </span>
                )}
              </th>
              <td>{version}</td>
              <td>
                <Visible text={by} />
              </td>
              <td>
                {isShort(value) ? (
                  <Visible text={prettyJson(value)} />
                ) : (
                  <FoldedValue runId={runId} label={`Value of ${key}`} value={value} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isShort(value: JsonValue): boolean {
  return (typeof value !== 'object' || value === null) && prettyJson(value).length <= 60;
}
