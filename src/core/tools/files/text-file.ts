/** The text of a file as it stands there, so that an edit changes nothing else. */
export interface TextFile {
  /** Without the mark at the beginning; line ends as they are. */
  readonly text: string;
  /** Whether the file begins with a byte order mark. */
  readonly hasMark: boolean;
  /** True when every line ends with a carriage return and a line feed. */
  readonly usesCarriageReturns: boolean;
}

/** Undefined for what is not UTF-8 text: changing it as text would destroy it. */
export function decodeText(bytes: Uint8Array): TextFile | undefined {
  // No text holds the byte; UTF-16 and programs do, early.
  if (bytes.subarray(0, 8_192).includes(0)) return undefined;
  try {
    const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const hasMark = whole.startsWith('\ufeff');
    const text = hasMark ? whole.slice(1) : whole;
    return { text, hasMark, usesCarriageReturns: usesCarriageReturns(text) };
  } catch {
    return undefined;
  }
}

export function encodeText(text: string, hasMark: boolean): Uint8Array {
  return new TextEncoder().encode(hasMark ? `\ufeff${text}` : text);
}

/** Text of a model in the file's own line ends. */
export function inLineEndsOf(file: TextFile, text: string): string {
  return file.usesCarriageReturns && !text.includes('\r') ? text.replaceAll('\n', '\r\n') : text;
}

function usesCarriageReturns(text: string): boolean {
  return text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text);
}
