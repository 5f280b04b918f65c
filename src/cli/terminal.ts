/*
 * owns: the three streams of the process: what is printed where, and lines that a person types.
 * must stay true: results go to stdout, everything said to a person about them to stderr.
 */
import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { toDisposable, type Disposable } from '../core/base/disposable';
import { createStyle, type Style } from './show/style';

export interface Terminal {
  /** Standard output is a screen that can be drawn on. */
  readonly isScreen: boolean;
  /** A person can be asked. */
  readonly canAsk: boolean;
  readonly width: () => number;
  readonly height: () => number;
  /** Of standard output, and of standard error. */
  readonly style: Style;
  readonly errorStyle: Style;
  /** One line, or several, to standard output. */
  readonly print: (text: string) => void;
  /** As it stands, to standard output: for drawing. */
  readonly draw: (text: string) => void;
  /** One line, or several, to standard error. */
  readonly tell: (text: string) => void;
  /** What the person typed, without the line's end; undefined when there is no more to come or the signal fired. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Opens the person's editor on a text; undefined when they have none or it failed. */
  readonly edit: (text: string, extension: string) => Promise<string | undefined>;
  readonly editor: string | undefined;
  /** While a picture is on the screen, whatever is told goes between two drawings of it. */
  readonly share: (picture: Picture) => Disposable;
  readonly close: () => void;
}

/** Something that draws over itself. Pauses may be nested. */
export interface Picture {
  pause(): void;
  resume(): void;
}

export interface TerminalOptions {
  readonly env: (name: string) => string | undefined;
  /** The person pressed Ctrl-C while being asked. */
  readonly onInterrupt: () => void;
}

export function openTerminal({ env, onInterrupt }: TerminalOptions): Terminal {
  const { stdin, stdout, stderr } = process;
  const dumb = env('TERM') === 'dumb';
  const colourless = (env('NO_COLOR') ?? '') !== '';
  const lines = new Lines(onInterrupt);
  const editor = env('VISUAL') ?? env('EDITOR');
  let picture: Picture | undefined;
  return {
    isScreen: stdout.isTTY && !dumb,
    canAsk: stdin.isTTY && stderr.isTTY,
    width: () => stdout.columns || 80,
    height: () => stdout.rows || 24,
    style: createStyle(stdout.isTTY && !dumb && !colourless),
    errorStyle: createStyle(stderr.isTTY && !dumb && !colourless),
    print: (text) => void stdout.write(`${text}\n`),
    draw: (text) => void stdout.write(text),
    tell(text) {
      picture?.pause();
      stderr.write(`${text}\n`);
      picture?.resume();
    },
    ask: (question, signal) => lines.ask(question, signal),
    editor,
    async edit(text, extension) {
      if (editor === undefined) return undefined;
      lines.close();
      return editText(editor, text, extension);
    },
    share(shown) {
      picture = shown;
      return toDisposable(() => (picture = undefined));
    },
    close: () => lines.close(),
  };
}

/** Lines of standard input, also those that came before they were asked for. */
class Lines {
  private reader: readline.Interface | undefined;
  private readonly waiting: string[] = [];
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(private readonly onInterrupt: () => void) {}

  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    const reader = this.open();
    if (reader !== undefined && process.stdin.isTTY) {
      reader.setPrompt(question);
      reader.prompt();
    } else process.stderr.write(question);
    const onAbort = () => this.wake?.();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (this.waiting.length === 0 && !this.ended && !signal.aborted) {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      // Between questions the terminal belongs to nobody: keys typed then are not ours, Ctrl-C is a signal again.
      if (process.stdin.isTTY) this.close();
    }
    const line = signal.aborted ? undefined : this.waiting.shift();
    if (line === undefined || !process.stdin.isTTY) process.stderr.write('\n');
    return line;
  }

  close(): void {
    const reader = this.reader;
    this.reader = undefined;
    reader?.close();
    process.stdin.pause();
    process.stdin.unref?.();
  }

  private open(): readline.Interface | undefined {
    if (this.reader !== undefined || this.ended) return this.reader;
    process.stdin.ref?.();
    const reader = readline.createInterface({
      input: process.stdin,
      output: process.stderr,
      terminal: process.stdin.isTTY,
    });
    reader.on('line', (line) => {
      this.waiting.push(line);
      this.wake?.();
    });
    reader.on('SIGINT', () => this.onInterrupt());
    reader.on('close', () => {
      // Closed by us between two questions, or by the end of the input.
      if (this.reader === reader) this.ended = true;
      this.wake?.();
    });
    this.reader = reader;
    return reader;
  }
}

async function editText(editor: string, text: string, extension: string): Promise<string | undefined> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'baton-edit-'));
  const file = path.join(folder, `result${extension}`);
  try {
    await fs.writeFile(file, text, { mode: 0o600 });
    // The variable may hold arguments ("code --wait"), so a shell takes it apart.
    const child = spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' });
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', resolve);
    });
    return code === 0 ? await fs.readFile(file, 'utf8') : undefined;
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
