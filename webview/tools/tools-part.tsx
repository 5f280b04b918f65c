import { useState } from 'preact/hooks';
import { formatDuration } from '../../src/core/base/duration';
import { attemptNumber, type CarriedAttempt } from '../../src/core/model/attempts';
import type { ToolCall } from '../../src/core/model/tool-call';
import { callTitle } from '../../src/core/model/tool-words';
import { StatusMark } from '../kit/status-mark';
import { ExactText, Visible } from '../kit/text-block';
import { Ticking } from '../kit/ticking';
import { Icon } from '../kit/toolkit';
import { asSentence, countOf, formatElapsed } from '../words/format';
import { callWord, refusalText } from './call-words';

/** Of many calls the last are open to see, the earlier ones folded and not even drawn. */
const OPEN = 8;

/** What a step's agents did with tools, in order: what about, how it ended, why it was allowed, what came of it. */
export function ToolsPart(props: {
  readonly tools: readonly ToolCall[];
  /** Attempts that went on in the next one. */
  readonly carried: readonly CarriedAttempt[] | undefined;
  /** Nobody drives the run: what had begun may have happened. */
  readonly interrupted: boolean;
}) {
  const { tools, interrupted } = props;
  const [isWhole, setWhole] = useState(false);
  const own = tools[0]?.agent;
  const numberOf = ({ attempt }: ToolCall) => attemptNumber(props.carried, attempt);
  const attempts = new Set(tools.map(numberOf)).size;
  const row = (call: ToolCall) => (
    <Call
      key={`${call.attempt} ${call.call}`}
      call={call}
      isOwn={call.agent === own}
      attempt={attempts > 1 ? numberOf(call) : undefined}
      interrupted={interrupted}
    />
  );
  const earlier = tools.length > OPEN + 1 ? tools.slice(0, -OPEN) : [];
  return (
    <div class="details-part tools">
      <h3>{toolsTitle(tools)}</h3>
      {earlier.length > 0 && (
        <details class="folded" onToggle={(event) => setWhole(event.currentTarget.open)}>
          <summary>{countOf(earlier.length, 'earlier call')}</summary>
          {isWhole && <ol class="tool-list">{earlier.map(row)}</ol>}
        </details>
      )}
      <ol class="tool-list">{tools.slice(earlier.length).map(row)}</ol>
    </div>
  );
}

/** "14 tool calls, 2 refused, 1 error". */
function toolsTitle(tools: readonly ToolCall[]): string {
  const count = (status: ToolCall['status']) => tools.filter((call) => call.status === status).length;
  const refused = count('refused');
  const failed = count('failed');
  return [
    countOf(tools.length, 'tool call'),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(failed > 0 ? [countOf(failed, 'error')] : []),
  ].join(', ');
}

function Call(props: {
  readonly call: ToolCall;
  /** Of the step's agent, not of one that it asked. */
  readonly isOwn: boolean;
  readonly attempt: number | undefined;
  readonly interrupted: boolean;
}) {
  const { call, interrupted } = props;
  const [isOpen, setOpen] = useState(false);
  const word = callWord(call, interrupted);
  const title = callTitle(call.tool, call.arguments);
  // What went as it should needs no words beside its icon.
  const isQuiet = call.status === 'done' || (call.status === 'running' && !interrupted);
  const line = [
    ...(!isQuiet || isOpen ? [word.word] : []),
    ...(!props.isOwn || isOpen ? [call.agent] : []),
    ...(isOpen && props.attempt !== undefined ? [`attempt ${props.attempt}`] : []),
  ].join(' · ');
  const about = title.slice(call.tool.length).trimStart();
  return (
    <li class="tool">
      <button
        type="button"
        class="tool-row"
        aria-expanded={isOpen}
        onClick={() => setOpen((before) => !before)}
      >
        <StatusMark word={word} iconOnly />
        <span class="tool-title">
          <span class="tool-name">{call.tool}</span>{' '}
          <span class="tool-about">
            <Visible text={about} />
          </span>
        </span>
        <span class="tool-time">
          <CallTime call={call} interrupted={interrupted} />
        </span>
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
      </button>
      {line !== '' && <p class="tool-line">{line}</p>}
      {isOpen && <CallDetails call={call} />}
    </li>
  );
}

function CallTime(props: { readonly call: ToolCall; readonly interrupted: boolean }) {
  const { call, interrupted } = props;
  if (call.status === 'running')
    return interrupted ? null : <Ticking text={(now) => formatElapsed(now - call.startedAt)} />;
  if (call.endedAt === undefined || call.status === 'interrupted' || call.status === 'refused') return null;
  return <>{formatDuration(call.endedAt - call.startedAt)}</>;
}

function CallDetails({ call }: { readonly call: ToolCall }) {
  return (
    <div class="tool-details">
      <p>{call.status === 'refused' ? refusalText(call) : asSentence(call.permit.why)}</p>
      {call.changes !== undefined && call.changes.length > 0 && (
        <ul class="plain-list">
          {call.changes.map(({ path }) => (
            <li key={path}>
              <Icon name="edit" /> <Visible text={path} />
            </li>
          ))}
        </ul>
      )}
      {call.preview !== undefined && call.preview !== '' && (
        <ExactText label={`What ${call.tool} told the agent`} text={call.preview} />
      )}
    </div>
  );
}
