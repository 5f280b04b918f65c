/** A key from a title: "Build & Test (API)" -> "build-test-api". Empty when the title has no letter or digit. */
export function slug(title: string): string {
  return title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, '-')
    .replace(/^[-\p{M}]+|-+$/gu, '')
    .slice(0, 100);
}
