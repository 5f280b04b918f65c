import type { ParsedWorkflow } from './parsed-workflow';
import type { KnownAgent } from './read/agents';

const MOST_FILES = 64;
const MOST_CHARACTERS = 1_000_000;

interface Recent {
  readonly text: string;
  readonly knownAgents: readonly KnownAgent[];
  readonly parsed: ParsedWorkflow;
}

/** The last result for each path: lists, menus and editors ask for the same unchanged files again and again. */
export class RecentFiles {
  private readonly byPath = new Map<string, Recent>();
  private characters = 0;

  get(path: string, text: string, knownAgents: readonly KnownAgent[]): ParsedWorkflow | undefined {
    const recent = this.byPath.get(path);
    return recent?.text === text && recent.knownAgents === knownAgents ? recent.parsed : undefined;
  }

  keep(path: string, text: string, knownAgents: readonly KnownAgent[], parsed: ParsedWorkflow): void {
    this.drop(path);
    if (text.length > MOST_CHARACTERS / 4) return;
    this.byPath.set(path, { text, knownAgents, parsed });
    this.characters += text.length;
    while (this.byPath.size > MOST_FILES || this.characters > MOST_CHARACTERS) {
      this.drop(this.byPath.keys().next().value ?? '');
    }
  }

  private drop(path: string): void {
    this.characters -= this.byPath.get(path)?.text.length ?? 0;
    this.byPath.delete(path);
  }
}
