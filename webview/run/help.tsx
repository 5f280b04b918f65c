import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from '../graph/keys';
import { IconButton } from '../kit/toolkit';

/** The keys of the graph. Opens over the panel; Escape or the button closes it and the focus goes back. */
export function Help(props: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      class="help"
      ref={dialog}
      aria-labelledby="help-title"
      onClose={props.onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="help-body">
        <div class="details-header">
          <h2 id="help-title" class="details-title">
            Keys
          </h2>
          <IconButton icon="close" label="Close (Esc)" onClick={() => dialog.current?.close()} />
        </div>
        <dl class="keys">
          {KEYS.map((entry) => (
            <div key={entry.does}>
              <dt>
                {entry.keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{entry.does}</dd>
            </div>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
