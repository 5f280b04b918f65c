/**
 * Text for people's eyes: what would move the cursor, colour, turn the direction of the text or hide in it is written out as
 * `\u{1b}`. Tabs and line ends stay; a lone carriage return, which hides what stands before it, does not.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (found) => {
    if (found === '\r\n') return found;
    return `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

const UNSEEN =
  /\r\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;
