import { visibleText } from '../policy/visible-text';
import { cut, plainText } from '../web/plain-text';

/** Pieces of emoji that are nothing by themselves, and spaces of other widths. */
const JOINING = /\p{Variation_Selector}|\u200c|\u200d/gu;
const SPACE = /(?! )\p{Zs}/gu;

/** Words of a server as data: nothing in them moves, hides or turns around, and they are at most `limit` characters. */
export function serverWords(text: string, limit: number): string {
  // What is cut away is not worth reading.
  const plain = plainText(text.slice(0, limit * 8))
    .replace(JOINING, '')
    .replace(SPACE, ' ');
  return cut(visibleText(plain, { keepsLines: true }).trim(), limit);
}

/** The same on one line. */
export function serverLine(text: string, limit: number): string {
  return serverWords(text.slice(0, limit * 8).replace(/\s+/g, ' '), limit);
}
