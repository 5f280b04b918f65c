import { useMemo, useState } from 'preact/hooks';
import { Visible } from '../kit/text-block';
import { Button } from '../kit/toolkit';
import { countsText, readDiff, type DiffLine } from './unified-diff';

/** So many lines are shown at first; how many there are, and a button for the rest, stand below. */
const SHOWN_LINES = 400;
/** Lines that are laid out together: what is out of sight costs nothing. */
const CHUNK = 100;

/** A unified diff: sign, then colour. Text nodes only, and every invisible character is shown. */
export function DiffText(props: { readonly path: string; readonly text: string }) {
  const diff = useMemo(() => readDiff(props.text), [props.text]);
  const [isWhole, setWhole] = useState(false);
  const { lines } = diff;
  // A panel is drawn anew many times a second; these lines are not.
  const drawn = useMemo(() => chunksOf(isWhole ? lines : lines.slice(0, SHOWN_LINES)), [lines, isWhole]);
  return (
    <div class="diff">
      <div
        class="block diff-lines"
        tabIndex={0}
        role="group"
        aria-label={`Diff of ${props.path}, ${countsText(diff)}`}
      >
        {drawn}
      </div>
      {lines.length > SHOWN_LINES && (
        <div class="diff-rest">
          <span role="status">
            {isWhole
              ? `All ${formatCount(lines.length)} lines are shown.`
              : `${SHOWN_LINES} of ${formatCount(lines.length)} lines are shown.`}
          </span>
          <Button
            label={isWhole ? 'Show Fewer' : `Show All ${formatCount(lines.length)} Lines`}
            description={
              isWhole
                ? `Show fewer lines of ${props.path}`
                : `Show all ${formatCount(lines.length)} lines of ${props.path}`
            }
            onClick={() => setWhole((before) => !before)}
          />
        </div>
      )}
    </div>
  );
}

function chunksOf(lines: readonly DiffLine[]) {
  return Array.from({ length: Math.ceil(lines.length / CHUNK) }, (_none, index) => (
    <div key={index} class="diff-chunk">
      {lines.slice(index * CHUNK, (index + 1) * CHUNK).map((line, place) => (
        <Line key={place} line={line} />
      ))}
    </div>
  ));
}

/** One element for each line, its numbers as attributes: a long diff is many of them. */
function Line({ line }: { readonly line: DiffLine }) {
  return (
    <div
      class={`diff-line is-${line.kind}`}
      data-before={line.before ?? ''}
      data-after={line.after ?? ''}
      data-number={line.after ?? line.before ?? ''}
    >
      {SIGNS[line.kind]}
      <Visible text={line.text} />
    </div>
  );
}

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = {
  added: '+',
  removed: '\u2212',
  same: ' ',
  gap: '',
  note: '',
};

/** "1,234". */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "+12 −3", read out as words. */
export function Counts(props: { readonly added: number; readonly removed: number }) {
  const { added, removed } = props;
  return (
    <span class="counts">
      <span aria-hidden="true">
        <span class="counts-added">+{formatCount(added)}</span>{' '}
        <span class="counts-removed">{`\u2212${formatCount(removed)}`}</span>
      </span>
      <span class="hidden">{countsText(props)}</span>
    </span>
  );
}
