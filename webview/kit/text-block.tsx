import { useLayoutEffect, useRef } from 'preact/hooks';
import type { JsonValue } from '../../src/core/base/json';
import { formatSize, prettyJson } from '../words/format';
import { send } from '../host';
import { Link } from './toolkit';
import { storedOutput } from '../words/large-output';
import { visibleParts } from '../words/visible-text';

/** Text from outside, exactly: wrapped, scrollable, and with every invisible character shown. */
export function ExactText(props: { readonly label: string; readonly text: string }) {
  return (
    <pre class="block" tabIndex={0} role="group" aria-label={props.label}>
      <Visible text={props.text} />
    </pre>
  );
}

/** Text from outside within a line: every invisible or misleading character is a mark. */
export function Visible(props: { readonly text: string }) {
  return (
    <>
      {visibleParts(props.text).map((part, index) =>
        part.invisible ? (
          <span key={index} class="invisible-mark">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </>
  );
}

/** What a step writes while it runs. Stays at the end unless the person scrolled away from it. */
export function LiveText(props: { readonly label: string; readonly text: string }) {
  const element = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (element.current !== null && atEnd.current) element.current.scrollTop = element.current.scrollHeight;
  }, [props.text]);
  return (
    <pre
      class="block live"
      ref={element}
      tabIndex={0}
      role="log"
      // The tail moves too fast to be read out; the settled step is announced instead.
      aria-live="off"
      aria-label={props.label}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollTop + clientHeight >= scrollHeight - 8;
      }}
    >
      {props.text}
    </pre>
  );
}

/** Data in full, folded away: nobody is shown raw JSON who did not ask. */
export function FoldedValue(props: {
  readonly runId: string;
  readonly label: string;
  readonly value: JsonValue;
}) {
  const { runId, label, value } = props;
  const stored = storedOutput(value);
  return (
    <details class="folded">
      <summary>
        <Visible text={label} />
      </summary>
      {stored === undefined ? (
        <ExactText label={label} text={prettyJson(value)} />
      ) : (
        <>
          <ExactText label={label} text={`${stored.preview}…`} />
          <p>
            <Link
              onClick={() => send({ type: 'open-artifact', runId, hash: stored.hash, path: 'output.json' })}
            >
              Open all of it, {formatSize(stored.size)}
            </Link>
          </p>
        </>
      )}
    </details>
  );
}
