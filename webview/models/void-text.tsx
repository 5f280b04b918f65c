import { Icon } from '../kit/toolkit';
import type { VoidText } from './live';

/** Text that people may have read and that is no answer: struck out, with the reason. */
export function VoidTexts(props: { readonly voided: readonly VoidText[] }) {
  return (
    <>
      {props.voided.map(({ text, why }, index) => (
        <div class="void" key={index}>
          <p class="void-why">
            <Icon name="discard" /> <span>Taken back: {why}</span>
          </p>
          {text !== '' && (
            <div class="block void-text" tabIndex={0} role="group" aria-label="Text that was taken back">
              <del>{text}</del>
            </div>
          )}
        </div>
      ))}
    </>
  );
}
