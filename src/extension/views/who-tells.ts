import { isWindowName } from '../window-name';

/**
 * Whether this window interrupts with notifications about the runs of a folder, so that a person is told once: the window that owns the
 * folder does. Terminals tell nobody who looks elsewhere, so a window tells for them. Badge and cards are in every window.
 *
 * @param owner name of the other process that owns the folder; undefined: this window does
 */
export function tellsHere(owner: string | undefined): boolean {
  return owner === undefined || !isWindowName(owner);
}
