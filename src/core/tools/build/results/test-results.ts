/** What a run of tests came to, whichever runner told it. */
export interface TestResults {
  /** Who told it: "vitest", "jest", "pytest", "junit-xml", ... */
  readonly format: string;
  readonly counts: TestCounts;
  readonly failures: readonly TestFailure[];
}

/** Each test counts once; one whose set-up broke, or a file that could not be loaded, counts as failed. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Left out on purpose, expected failures and tests to be written included. */
  readonly skipped: number;
}

export interface TestFailure {
  /** Groups and test, joined by " > ". */
  readonly name: string;
  /** As the runner wrote it: relative to where it ran, or absolute. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** First words of the fault, at most 600 characters. */
  readonly message: string;
}

/** Reads one runner's output; undefined when the text is not of that runner. */
export type ResultReader = (text: string) => TestResults | undefined;

const LONGEST_MESSAGE = 600;
/** More are counted, but not told: nobody reads the thousandth. */
export const MOST_FAILURES = 200;

/** A failure with only what is known of it. */
export function failure(name: string, message: string, place: Place = {}): TestFailure {
  return {
    name: name.slice(0, 300),
    message: message.trim().slice(0, LONGEST_MESSAGE),
    ...(place.file === undefined || place.file === '' ? {} : { file: place.file }),
    ...(place.line === undefined || !Number.isSafeInteger(place.line) || place.line < 1
      ? {}
      : { line: place.line }),
  };
}

export interface Place {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** The first place in a stack trace of JavaScript that is not of a library or of the platform. */
export function placeInStack(text: string): Place {
  for (const line of text.split('\n')) {
    if (line.length > 2_000 || /node:|node_modules/.test(line)) continue;
    const match = /(?:\bat |❯ |\()[^()]{0,200}?((?:file:\/\/)?[^\s()]{1,400}):(\d{1,7}):\d{1,7}\)?\s*$/.exec(
      line,
    );
    if (match !== null) return { file: match[1]?.replace(/^file:\/\//, ''), line: Number(match[2]) };
  }
  return {};
}

/** A number that a summary wrote before or after a word, 0 where it is silent. */
export function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? 0 : Number(found);
}
