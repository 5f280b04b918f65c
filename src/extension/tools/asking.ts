import * as vscode from 'vscode';
import type { CodeIntelligence, CodeSource, Found } from '../../core/tools/code/code-intelligence';
import { declaredIn, type Declared } from './editor-symbols';
import type { FolderFiles } from './folder-files';
import type { LanguageServices } from './language-services';
import { within, type Deadline } from './within';

export const editorSource: CodeSource = {
  kind: 'editor',
  name: "the editor's language services",
  // Whatever the editor has extensions for.
  languages: [],
};

/** The parser works in the editor's own process, and other extensions wait for it. Milliseconds. */
const LONGEST_PARSING = 10_000;
/** Of one answer. */
export const MOST_ITEMS = 500;

/** One question about code, with all that answers it. */
export class Asking {
  private readonly texts = new Map<string, Promise<readonly string[]>>();
  private readonly outlines = new Map<string, Promise<readonly Declared[] | undefined>>();
  private readonly served = new Map<string, Promise<boolean>>();

  constructor(
    readonly files: FolderFiles,
    readonly services: LanguageServices,
    private readonly parser: CodeIntelligence,
    readonly deadline: Deadline,
    readonly signal: AbortSignal,
  ) {}

  /** What the editor's command gives within the time that is left. */
  async editor<Value>(command: string, ...args: readonly unknown[]): Promise<Value | undefined> {
    const asked = vscode.commands.executeCommand<Value | undefined>(command, ...args);
    return within(this.deadline.left, asked, this.signal);
  }

  /** What the parser finds; nothing and "partial" when its time is over. */
  async parsed<T>(
    question: (parser: CodeIntelligence, signal: AbortSignal) => Promise<Found<T>>,
  ): Promise<Found<T>> {
    const left = Math.min(this.deadline.left, LONGEST_PARSING);
    const until = AbortSignal.any([this.signal, AbortSignal.timeout(Math.ceil(left))]);
    const found = await within(left, question(this.parser, until), this.signal);
    return { ...(found ?? { items: [], isPartial: true }), source: this.parser.source };
  }

  lines(path: string): Promise<readonly string[]> {
    let known = this.texts.get(path);
    if (known === undefined) this.texts.set(path, (known = this.files.lines(path)));
    return known;
  }

  /** Declarations of a file as the editor knows them; undefined when nobody in it answers for the file's language. */
  async declared(path: string, named?: string): Promise<readonly Declared[] | undefined> {
    const document = await this.files.document(path, named);
    if (document === undefined) return undefined;
    const outline = await this.services.outline(document, this.deadline, this.signal);
    // A language that somebody answers for has files without declarations too.
    if (outline === undefined && !this.services.knows(document.languageId)) return undefined;
    return declaredIn(outline ?? [], path, await this.lines(path));
  }

  /** As `declared`, once for each file of the question. */
  outlineOf(path: string): Promise<readonly Declared[] | undefined> {
    let known = this.outlines.get(path);
    if (known === undefined) this.outlines.set(path, (known = this.declared(path)));
    return known;
  }

  /** Files of the folder, without what the person hides and other people's code. */
  async list(pattern: vscode.RelativePattern, most: number): Promise<readonly vscode.Uri[]> {
    const asked = vscode.workspace.findFiles(pattern, '**/node_modules/**', most);
    return (await within(this.deadline.left, asked, this.signal)) ?? [];
  }

  /** Whether somebody answers for files of this kind. The first file of a kind starts its language. */
  isServed(path: string): Promise<boolean> {
    const kind = /\.[^./]+$/.exec(path)?.[0] ?? path;
    let known = this.served.get(kind);
    if (known === undefined)
      this.served.set(kind, (known = this.declared(path).then((own) => own !== undefined)));
    return known;
  }

  /** The editor's answer, and the parser's for files that the editor said nothing about. */
  joined<T>(editor: Found<T>, parsed: Found<T>, pathOf: (item: T) => string | undefined): Found<T> {
    const told = new Set(editor.items.map(pathOf));
    const more = parsed.items.filter((item) => !told.has(pathOf(item)));
    if (editor.items.length === 0) return parsed;
    return {
      items: [...editor.items, ...more].slice(0, MOST_ITEMS),
      isPartial: editor.isPartial || parsed.isPartial || editor.items.length + more.length > MOST_ITEMS,
      ...(more.length > 0 && { source: this.both() }),
    };
  }

  private both(): CodeSource {
    const { name } = this.parser.source;
    return { ...editorSource, name: `${editorSource.name}; for files that they know nothing of, ${name}` };
  }
}
