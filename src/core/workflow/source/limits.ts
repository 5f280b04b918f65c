/** What a workflow file may be at most. Bombs end here, before anything is built from them. */
export const LIMITS = {
  /** Bytes of UTF-8. */
  fileBytes: 4 * 1024 * 1024,
  includedBytes: 256 * 1024,
  keysPerMapping: 1_000,
  depth: 50,
  aliases: 20,
  /** Characters that all aliases together may repeat. */
  repeatedCharacters: 1_000_000,
  /** How often a name that was probably meant is looked for. */
  guesses: 100,
  /** Faults that are told; a file with more has one cause. */
  diagnostics: 500,
} as const;

/** Bytes of a text in UTF-8, counted without building them. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x800) {
      // A surrogate pair is two units and four bytes.
      bytes += code >= 0xd800 && code <= 0xdfff ? 1 : 2;
    } else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}
