/**
 * A name as the most forgiving file system reads it: case, width and invisible characters do not count, nor do dots and spaces
 * at the end. Names are compared so on every platform: a repository written on one is opened on another.
 */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .toLowerCase()
    .replace(/[. ]+$/, '')
    .trimStart();
}

/** True for what Windows may read as another file: a short name, a stream of a file, a device. */
export function isDoubtfulOnWindows(name: string): boolean {
  return (
    /~\d/.test(name) ||
    name.includes(':') ||
    /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i.test(name)
  );
}
