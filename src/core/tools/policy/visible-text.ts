/*
 * Text as a person can judge it: what would move the cursor, turn the direction of reading or not be seen at all is written
 * out. Line breaks and tabs stay where the caller says that several lines are shown.
 */
export function visibleText(
  text: string,
  options: { readonly keepsLines: boolean } = { keepsLines: false },
): string {
  return text.replace(HIDDEN, (character) => {
    if (options.keepsLines && (character === '\n' || character === '\t')) return character;
    const named = NAMED[character];
    if (named !== undefined) return named;
    return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** True when the text holds what cannot be seen as it stands. */
export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) >= 0;
}

/** Controls, formats (bidi, tags), what is shown as nothing, separators and spaces that look like the plain one, lone halves. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u2800]|(?! )\p{Zs}/gu;

const NAMED: Readonly<Record<string, string>> = {
  '\n': '<line break>',
  '\r': '<carriage return>',
  '\t': '<tab>',
  '\u001b': '<escape>',
  '\0': '<null>',
};
