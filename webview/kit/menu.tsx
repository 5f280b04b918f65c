import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from './toolkit';

export interface MenuItem {
  readonly label: string;
  readonly onChoose: () => void;
}

/** The ··· of a card: what is done less often. Opens below its button, closes on choice, Escape or leaving. */
export function Menu(props: {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly disabled?: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLElement>(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    itemsOf(root.current)[0]?.focus();
    const onOutside = (event: Event) => {
      if (!(root.current?.contains(event.target as Node) ?? false)) setOpen(false);
    };
    document.addEventListener('pointerdown', onOutside);
    document.addEventListener('focusin', onOutside);
    return () => {
      document.removeEventListener('pointerdown', onOutside);
      document.removeEventListener('focusin', onOutside);
    };
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const items = itemsOf(root.current);
    const index = items.findIndex((item) => item === document.activeElement);
    const last = items.length - 1;
    if (event.key === 'ArrowDown') items[index >= last ? 0 : index + 1]?.focus();
    else if (event.key === 'ArrowUp') items[index <= 0 ? last : index - 1]?.focus();
    else if (event.key === 'Home') items[0]?.focus();
    else if (event.key === 'End') items[last]?.focus();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu" ref={root}>
      <IconButton
        icon="ellipsis"
        label={props.label}
        disabled={props.disabled === true}
        expanded={isOpen}
        elementRef={button}
        onClick={() => setOpen((before) => !before)}
      />
      {isOpen && (
        <div class="menu-list" role="menu" aria-label={props.label} onKeyDown={onKeyDown}>
          {props.items.map((item) => (
            <button
              key={item.label}
              type="button"
              class="menu-item"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                setOpen(false);
                item.onChoose();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsOf(root: HTMLElement | null): readonly HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
}
