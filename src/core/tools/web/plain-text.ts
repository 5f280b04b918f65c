/* Text of others as it may stand before a model and on a screen: nothing that draws, hides or turns the writing around. */

/** Colours and movements of terminals, titles of windows and the like. */
const TERMINAL =
  /(?:\u001b\\?\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b./g;
/** Control characters but tab and newline; marks that turn text around; characters that show nothing; letters of the tag block. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** One half of a character that is written as two. */
const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text without characters that a reader does not see. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(TERMINAL, '').replace(UNSEEN, '').replace(HALF, '\ufffd');
}

/** On one line, at most `limit` characters. */
export function plainLine(text: string, limit: number): string {
  return cut(plainText(text).replace(/\s+/g, ' ').trim(), limit);
}

/** The first `limit` characters; never half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * Markdown whose images and links are only read: nothing is loaded or led anywhere should somebody show it as Markdown. The
 * bracket that ends a label is what makes each of them, definitions included.
 */
export function inertMarkdown(text: string): string {
  return text
    .replace(/(\\*)\](?=[([:])/g, (found, slashes: string) => (isOdd(slashes) ? found : `${slashes}\\]`))
    .replace(LOADING, (found, slashes: string) =>
      isOdd(slashes) ? found : `${slashes}\\${found.slice(slashes.length)}`,
    );
}

/** Elements of HTML inside of Markdown that load, lead or run something. */
const LOADING =
  /(\\*)<(?=(?:a|audio|base|embed|form|frame|i?frame|image|img|input|link|meta|object|script|source|style|svg|video)[\s/>])/gi;

function isOdd(slashes: string): boolean {
  return slashes.length % 2 === 1;
}
