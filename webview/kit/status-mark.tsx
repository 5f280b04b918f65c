import { Icon } from './toolkit';
import type { StatusWord } from '../words/status-words';

/** A state: icon, then word, then colour. */
export function StatusMark(props: { readonly word: StatusWord; readonly iconOnly?: boolean }) {
  const { word } = props;
  return (
    <span class={`status tone-${word.tone}`}>
      <Icon name={word.icon} />
      <span class={props.iconOnly === true ? 'hidden' : 'status-word'}>{word.word}</span>
    </span>
  );
}

/** Seen wherever a rehearsal is. */
export function RehearsalMark() {
  return <span class="rehearsal">REHEARSAL</span>;
}
