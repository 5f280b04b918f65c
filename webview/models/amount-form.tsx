import { useEffect, useRef, useState } from 'preact/hooks';
import { enoughFor, exactAmount, readAmount } from '../../src/core/model/budget-words';
import type { BudgetQuestion } from '../../src/core/model/model-call';
import { Button, TextField } from '../kit/toolkit';

/** Another amount than the one offered. Checked here, so that nobody has to wait for a refusal. */
export function AmountForm(props: {
  readonly asked: BudgetQuestion;
  readonly onSubmit: (amount: number) => void;
  readonly onClose: () => void;
}) {
  const { asked } = props;
  const [text, setText] = useState(String(asked.raiseTo));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const form = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLElement>(null);
  useEffect(() => {
    field.current?.focus();
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const submit = () => {
    const read = readAmount(asked, text);
    if ('amount' in read) props.onSubmit(read.amount);
    else {
      setProblem(read.problem);
      field.current?.focus();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') props.onClose();
    else if (event.key === 'Enter' && event.target === field.current) submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="comment-form" ref={form} onKeyDown={onKeyDown}>
      <TextField
        label={
          <>
            {LABELS[asked.unit]}
            {problem !== undefined && <small class="hidden"> {problem}</small>}
          </>
        }
        value={text}
        onInput={(value) => {
          setText(value);
          setProblem(undefined);
        }}
        elementRef={field}
      />
      {problem === undefined ? (
        <p class="input-help">{helpText(asked)}</p>
      ) : (
        <p class="input-error" role="alert">
          {problem}
        </p>
      )}
      <div class="card-actions">
        <Button kind="primary" label="Set Amount" onClick={submit} />
        <Button kind="plain" label="Back" onClick={props.onClose} />
      </div>
    </div>
  );
}

const LABELS: Readonly<Record<BudgetQuestion['unit'], string>> = {
  usd: 'New budget in US dollars',
  tokens: 'New budget in tokens',
  minutes: 'New limit in minutes of work',
};

function helpText(asked: BudgetQuestion): string {
  if (asked.unit === 'minutes')
    return `More than the ${exactAmount(asked.unit, asked.spent)} of work so far.`;
  return `With ${exactAmount(asked.unit, roundedUp(asked))} or more the next call can leave.`;
}

/** A hint that is rounded down would be too little. */
function roundedUp(asked: BudgetQuestion): number {
  const enough = enoughFor(asked);
  return asked.unit === 'usd' ? Math.ceil(enough * 10_000 - 1e-6) / 10_000 : Math.ceil(enough);
}
