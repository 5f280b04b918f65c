import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import type { Language } from '../language';
import { mask } from '../text/mask';
import { pythonLines } from '../text/python-lines';
import type { Remarks } from '../text/remarks';

/** A rule that is told by the text of one statement. Patterns have no nested repetition: time grows with the line. */
export interface LineRule {
  readonly rule: string;
  readonly severity: Finding['severity'];
  /** code: without comments and texts in quotes; text: without comments. */
  readonly on: 'code' | 'text';
  readonly pattern: RegExp;
  /** Where the statement also has this, all is well. */
  readonly unless?: RegExp;
  /** Looked for in tests as well. */
  readonly inTests?: boolean;
  readonly message: string;
  readonly advice?: string;
}

export interface Statement {
  readonly line: number;
  readonly code: string;
  readonly text: string;
}

const LONGEST = 4_000;

/** Lines put together where brackets are open, so that a call over several lines is one statement. */
export function statements(file: SourceFile): Statement[] {
  if (file.language === 'python') return pythonLines(file);
  const { code, noComments } = mask(file.text, file.language);
  const joinsBrackets = ['java', 'go', 'rust', 'php', 'ruby', 'c', 'javascript', 'typescript'].includes(
    file.language,
  );
  const joinsBackslash = file.language === 'shell' || file.language === 'docker';
  const found: Statement[] = [];
  let start = -1;
  let depth = 0;
  let parts: [string, string][] = [];
  code.forEach((line, index) => {
    if (line.length > LONGEST) return;
    if (start < 0) start = index;
    parts.push([line.trim(), (noComments[index] ?? '').trim()]);
    for (const one of line) {
      if (one === '(') depth++;
      else if (one === ')') depth = Math.max(0, depth - 1);
    }
    const open = (joinsBrackets && depth > 0) || (joinsBackslash && /\\\s*$/.test(line));
    if (open && parts.length < 12 && index < code.length - 1) return;
    found.push({
      line: start + 1,
      code: parts.map(([one]) => one).join(' '),
      text: parts.map(([, one]) => one).join(' '),
    });
    start = -1;
    depth = 0;
    parts = [];
  });
  return found;
}

export function checkLines(
  file: SourceFile,
  lines: readonly Statement[],
  rules: readonly LineRule[],
  remarks: Remarks,
): void {
  for (const { line, code, text } of lines) {
    if (text === '' || text.length > LONGEST) continue;
    for (const rule of rules) {
      if (file.isTest && rule.inTests !== true) continue;
      const subject = rule.on === 'code' ? code : text;
      const match = rule.pattern.exec(subject);
      if (match === null || rule.unless?.test(text) === true) continue;
      if (rule.on === 'text' && quotesAreTexts.has(file.language) && isQuoted(code, text, match.index))
        continue;
      remarks.add(
        rule.rule,
        rule.severity,
        line + lineOffset(file, line, match[0], subject),
        rule.message,
        rule.advice,
      );
    }
  }
}

/** In these languages what stands between quotes is never run; in scripts of a shell or in settings it may be. */
const quotesAreTexts: ReadonlySet<Language> = new Set(['python', 'java', 'go', 'php', 'ruby', 'rust', 'c']);

/** The match begins inside of quotes: someone writes about the call, and does not make it. */
const isQuoted = (code: string, text: string, at: number): boolean =>
  code.length === text.length && code[at] === ' ' && text[at] !== ' ';

/** The line of a long statement on which the match begins, as far as its text tells. */
function lineOffset(file: SourceFile, line: number, match: string, subject: string): number {
  if (subject.length < 60) return 0;
  const probe = match.trim().slice(0, 20);
  for (let offset = 0; offset < 12; offset++) {
    if ((file.lines[line - 1 + offset] ?? '').includes(probe)) return offset;
  }
  return 0;
}

export type RulesByLanguage = Partial<Record<Language, readonly LineRule[]>>;
