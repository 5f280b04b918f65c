import { useMemo } from 'preact/hooks';
import type { AskedCall } from '../../src/core/model/tool-call';
import { Counts, DiffText, formatCount } from '../changes/diff-text';
import { readDiff } from '../changes/unified-diff';
import { ExactText, FoldedValue, Visible } from '../kit/text-block';
import { Checkbox } from '../kit/toolkit';
import { asSentence, countOf } from '../words/format';
import { askedParts, type AskedFile, type AskedParts } from './asked-parts';
import { filesOf } from './choices';

/** Ways to leave a call, or files of it, out. Absent: it can only be looked at. */
export interface CallChoice {
  /** Undefined where it is the only one: then the buttons of the card decide. */
  readonly isAccepted?: boolean;
  readonly onCall: (isAccepted: boolean) => void;
  readonly isFileAccepted: (path: string) => boolean;
  readonly onFile: (path: string, isAccepted: boolean) => void;
  readonly disabled: boolean;
}

/** One call that an agent wants to make, whole: who, with which tool, why it is asked, and exactly what would happen. */
export function Asked(props: {
  readonly runId: string;
  readonly call: AskedCall;
  readonly choice?: CallChoice | undefined;
  /** False where the card has said it already. */
  readonly saysWhy?: boolean;
}) {
  const { runId, call, choice } = props;
  const parts = useMemo(() => askedParts(call), [call]);
  const isLeftOut = choice?.isAccepted === false;
  return (
    <section
      class={isLeftOut ? 'asked is-left-out' : 'asked'}
      aria-label={`${call.agent}, ${call.tool}${isLeftOut ? ', rejected' : ''}`}
    >
      <p class="asked-head">
        {choice?.isAccepted !== undefined && (
          <Checkbox
            label={<AcceptLabel what={`${call.tool} of ${call.agent}`} />}
            checked={choice.isAccepted}
            disabled={choice.disabled}
            onChange={choice.onCall}
          />
        )}
        <span class="asked-who">
          <strong>{call.agent}</strong> · <code>{call.tool}</code>
        </span>
        {isLeftOut && <span class="changed-word">rejected</span>}
      </p>
      {props.saysWhy !== false && (
        <p class="asked-why">
          <Visible text={asSentence(call.why)} />
        </p>
      )}
      <AskedContent runId={runId} call={call} parts={parts} choice={choice} />
    </section>
  );
}

function AskedContent(props: {
  readonly runId: string;
  readonly call: AskedCall;
  readonly parts: AskedParts;
  readonly choice: CallChoice | undefined;
}) {
  const { runId, call, parts, choice } = props;
  const { command, address } = parts;
  const separate = filesOf(call);
  return (
    <>
      {command !== undefined && (
        <>
          <ExactText label={command.isShell ? 'Shell command' : 'Command'} text={command.text} />
          <p class="asked-measure">
            {countOf(command.length, 'character').replace(
              String(command.length),
              formatCount(command.length),
            )}
            {command.isShell ? ', run by a shell' : ', a program and its arguments'}
          </p>
        </>
      )}
      {address !== undefined && (
        <ExactText
          label="Address"
          text={address.method === '' ? address.url : `${address.method} ${address.url}`}
        />
      )}
      {parts.files.map((file, index) => (
        <AskedFileView
          key={`${index} ${file.path}`}
          file={file}
          isSeparate={separate.includes(file.path)}
          choice={choice}
        />
      ))}
      {parts.facts.length > 0 && (
        <dl class="asked-facts">
          {parts.facts.map(({ name, text }, index) => (
            <div key={index}>
              <dt>{name}</dt>
              <dd>
                <Visible text={text} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {parts.texts.map(({ name, text }) => (
        <div key={name} class="asked-text">
          <p class="asked-measure">
            {name}, {formatCount(text.length)} characters
          </p>
          <ExactText label={name} text={text} />
        </div>
      ))}
      {parts.values.map(({ name, value }) => (
        <FoldedValue key={name} runId={runId} label={name} value={value} />
      ))}
    </>
  );
}

function AskedFileView(props: {
  readonly file: AskedFile;
  /** It can be left out while the others are written. */
  readonly isSeparate: boolean;
  readonly choice: CallChoice | undefined;
}) {
  const { file, isSeparate, choice } = props;
  const isAccepted = !isSeparate || choice === undefined || choice.isFileAccepted(file.path);
  const diff = useMemo(() => (file.diff === undefined ? undefined : readDiff(file.diff)), [file.diff]);
  return (
    <div class={isAccepted ? 'asked-file' : 'asked-file is-left-out'}>
      <p class="asked-file-head">
        {isSeparate && choice !== undefined && (
          <Checkbox
            label={<AcceptLabel what={`changes of ${file.path}`} />}
            checked={isAccepted}
            disabled={choice.disabled}
            onChange={(checked) => choice.onFile(file.path, checked)}
          />
        )}
        <span class="changed-path">
          <Visible text={file.path} />
        </span>
        {file.kind !== 'edit' && <span class="changed-word">{KIND_WORDS[file.kind]}</span>}
        {!isAccepted && <span class="changed-word">rejected</span>}
        {diff !== undefined && diff.added + diff.removed > 0 && (
          <Counts added={diff.added} removed={diff.removed} />
        )}
      </p>
      {file.resolved !== '' && (
        <p class="asked-place">
          <Visible text={file.resolved} />
        </p>
      )}
      {file.link !== undefined && (
        <p class="asked-place">
          through the link <Visible text={file.link} />
        </p>
      )}
      {file.diff !== undefined && isAccepted && <DiffText path={file.path} text={file.diff} />}
    </div>
  );
}

function AcceptLabel(props: { readonly what: string }) {
  return (
    <>
      Accept<span class="hidden"> {props.what}</span>
    </>
  );
}

const KIND_WORDS = { create: 'new', delete: 'deleted' } as const;
