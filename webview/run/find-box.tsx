import type { Ref } from 'preact';
import type { StepKey } from '../../src/core/model/ids';
import { isMatch, declaredSteps } from './definition';
import { TextField } from '../kit/toolkit';
import type { RunView } from './run-model';

/** Finds a step by name in a large run: what does not match fades, Enter walks from match to match. */
export function FindBox(props: {
  readonly run: RunView;
  readonly search: string;
  readonly current: StepKey | undefined;
  readonly elementRef: Ref<HTMLElement>;
  readonly onSearch: (search: string) => void;
  readonly onGoTo: (key: StepKey) => void;
  readonly onLeave: () => void;
}) {
  const { run, search } = props;
  const declared = declaredSteps(run.state.definition);
  const matches =
    search === ''
      ? []
      : run.plan.order.filter((key) => {
          const step = declared.get(key);
          return step !== undefined && isMatch(step, search);
        });
  const position = props.current === undefined ? -1 : matches.indexOf(props.current);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      props.onSearch('');
      props.onLeave();
    } else if (event.key === 'Enter') {
      const step = event.shiftKey ? position - 1 : position + 1;
      const next = matches[(step + matches.length) % Math.max(1, matches.length)];
      if (next !== undefined) props.onGoTo(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="find" role="search" onKeyDown={onKeyDown}>
      <TextField
        label={<span class="hidden">Find a step</span>}
        class="find-field"
        placeholder="Find a step (/)"
        value={search}
        elementRef={props.elementRef}
        onInput={(text) => props.onSearch(text.toLowerCase())}
      />
      <span class="find-count muted" role="status">
        {search === ''
          ? ''
          : matches.length === 0
            ? 'None'
            : position < 0
              ? `${matches.length}`
              : `${position + 1} of ${matches.length}`}
      </span>
    </div>
  );
}
