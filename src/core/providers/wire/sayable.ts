const LONGEST = 240;
/** So many characters in a row are a repetition, not a chance. */
const RUN = 16;

/**
 * A vendor's sentence that may be shown and logged: on one line, short, without the key. Undefined if it repeats what was asked:
 * a request is nobody else's business.
 */
export function sayable(sentence: string, key: string | undefined, said: string): string | undefined {
  const line = sentence.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  if (line === '') return undefined;
  const clean = key === undefined || key.length < 4 ? line : line.replaceAll(key, '[hidden]');
  const shown = clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
  const flat = said.replace(/\s+/g, ' ');
  for (let start = 0; start + RUN <= shown.length; start += 1)
    if (flat.includes(shown.slice(start, start + RUN))) return undefined;
  return shown;
}
