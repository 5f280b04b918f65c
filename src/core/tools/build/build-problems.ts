/** A fault that a compiler told. */
export interface BuildProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

const MOST_PROBLEMS = 200;

/*
 * The ways in which compilers write a place: TypeScript, Maven (javac), javac, gcc and Gradle, Go. Each takes one line; Rust,
 * which writes the place below the message, is read apart.
 */
const forms: readonly RegExp[] = [
  /^(?<file>[^\s(][^(]{0,300})\((?<line>\d{1,7}),\d{1,6}\): error (?<message>TS\d+: .*)$/,
  /^(?<file>[^\s:][^:]{0,300}):(?<line>\d{1,7}):\d{1,6} - error (?<message>TS\d+: .*)$/,
  /^\[ERROR\] (?<file>\S[^:[]{0,300}):\[(?<line>\d{1,7}),\d{1,6}\] (?<message>.*)$/,
  /^(?:e: )?(?<file>[^\s:][^:]{0,300}):(?<line>\d{1,7}):(?:\d{1,6}:)? (?:fatal )?error: (?<message>.*)$/,
  /^(?<file>[^\s:]{1,300}\.go):(?<line>\d{1,7}):\d{1,6}: (?<message>.*)$/,
];

/** What compilers told in the output, in its order, each once. */
export function readProblems(text: string): BuildProblem[] {
  const found = new Map<string, BuildProblem>();
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    // Package managers repeat the script that they run behind a ">".
    if (line.startsWith('>') || line.length > 2_000 || found.size >= MOST_PROBLEMS) return;
    const problem = inOneLine(line) ?? ofRust(line, lines.slice(index + 1, index + 3));
    if (problem !== undefined) found.set(`${problem.file}:${problem.line}:${problem.message}`, problem);
  });
  return [...found.values()];
}

function inOneLine(line: string): BuildProblem | undefined {
  for (const form of forms) {
    const groups = form.exec(line)?.groups;
    if (groups !== undefined)
      return problem(groups['file'] ?? '', groups['line'] ?? '', groups['message'] ?? '');
  }
  return undefined;
}

function ofRust(line: string, below: readonly string[]): BuildProblem | undefined {
  const message = /^error(?:\[E\d+\])?: (.*)$/.exec(line)?.[1];
  if (message === undefined) return undefined;
  const place = below
    .map((one) => /^\s*--> (.{1,300}):(\d{1,7}):\d{1,6}$/.exec(one))
    .find((one) => one !== null);
  return place === undefined || place === null ? undefined : problem(place[1] ?? '', place[2] ?? '', message);
}

function problem(file: string, line: string, message: string): BuildProblem {
  return { file: file.replace(/^\.\//, ''), line: Number(line), message: message.slice(0, 600) };
}
