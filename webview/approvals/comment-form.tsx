import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, TextArea } from '../kit/toolkit';

export interface CommentWords {
  readonly question: string;
  readonly submit: string;
}

type Asked = 'retry' | 'skip' | 'cancel';

/** Opens inside the card: an optional comment, and the second click of what cannot be taken back. */
export function CommentForm(props: {
  readonly action: Asked;
  /** Where the usual words for the action say too little. */
  readonly words?: CommentWords | undefined;
  readonly onSubmit: (comment: string) => void;
  readonly onClose: () => void;
}) {
  const [comment, setComment] = useState('');
  const form = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLElement>(null);
  useEffect(() => {
    field.current?.focus();
    // The focus brings the field into view; its buttons belong to it.
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const words = props.words ?? WORDS[props.action];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') props.onClose();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) props.onSubmit(comment);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="comment-form" ref={form} onKeyDown={onKeyDown}>
      <TextArea label={words.question} rows={2} value={comment} onInput={setComment} elementRef={field} />
      <div class="card-actions">
        <Button kind="primary" label={words.submit} onClick={() => props.onSubmit(comment)} />
        <Button kind="plain" label="Back" onClick={props.onClose} />
      </div>
    </div>
  );
}

const WORDS: Readonly<Record<Asked, CommentWords>> = {
  retry: { question: 'What should change? (optional)', submit: 'Retry' },
  skip: { question: 'Why skip it? (optional)', submit: 'Skip Step' },
  cancel: { question: 'Why cancel the run? (optional)', submit: 'Cancel Run' },
};
