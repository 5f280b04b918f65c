import { useState } from 'preact/hooks';
import { formatDuration } from '../../src/core/base/duration';
import type { ToolCall } from '../../src/core/model/tool-call';
import { callTitle } from '../../src/core/model/tool-words';
import { StatusMark } from '../kit/status-mark';
import { ExactText, Visible } from '../kit/text-block';
import { Ticking } from '../kit/ticking';
import { Icon } from '../kit/toolkit';
import { countOf, formatElapsed } from '../words/format';
import { callWord, refusalText } from './call-words';

/** Of many calls the last are open to see, the earlier ones folded and not even drawn. */
const OPEN = 8;

/** What a step's agents did with tools, in order: what about, how it ended, why it was allowed, what came of it. */
export function ToolsPart(props: {
  readonly tools: readonly ToolCall[];
  /** Nobody drives the run: what had begun may have happened. */
  readonly interrupted: boolean;
}) {
  const { tools, interrupted } = props;
  const [isWhole, setWhole] = useState(false);
  const agents = new Set(tools.map(({ agent }) => agent)).size;
  const attempts = new Set(tools.map(({ attempt }) => attempt)).size;
  const row = (call: ToolCall) => (
    <Call
      key={`${call.attempt} ${call.call}`}
      call={call}
      who={agents > 1 ? call.agent : ''}
      attempt={attempts > 1 ? call.attempt : undefined}
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
export function toolsTitle(tools: readonly ToolCall[]): string {
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
  readonly who: string;
  readonly attempt: number | undefined;
  readonly interrupted: boolean;
}) {
  const { call, who, interrupted } = props;
  const [isOpen, setOpen] = useState(false);
  const word = callWord(call, interrupted);
  const title = callTitle(call.tool, call.arguments);
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
      {(who !== '' || !isQuiet(call)) && (
        <p class="tool-line">{[who, isQuiet(call) ? '' : word.word].filter(Boolean).join(' · ')}</p>
      )}
      {isOpen && <CallDetails call={call} word={word.word} attempt={props.attempt} />}
    </li>
  );
}

/** What went as it should needs no words beside its icon. */
function isQuiet({ status }: ToolCall): boolean {
  return status === 'done' || status === 'running';
}

function CallTime(props: { readonly call: ToolCall; readonly interrupted: boolean }) {
  const { call, interrupted } = props;
  if (call.status === 'running')
    return interrupted ? null : <Ticking text={(now) => formatElapsed(now - call.startedAt)} />;
  if (call.endedAt === undefined || call.status === 'interrupted' || call.status === 'refused') return null;
  return <>{formatDuration(call.endedAt - call.startedAt)}</>;
}

function CallDetails(props: {
  readonly call: ToolCall;
  readonly word: string;
  readonly attempt: number | undefined;
}) {
  const { call, word, attempt } = props;
  return (
    <div class="tool-details">
      <p class="muted">
        {word} · {call.agent}
        {attempt !== undefined && ` · attempt ${attempt}`}
      </p>
      <p>{call.status === 'refused' ? refusalText(call) : `${call.permit.why}.`}</p>
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
