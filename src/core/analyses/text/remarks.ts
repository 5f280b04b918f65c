import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { isSilenced } from '../javascript/script';

/** Collects the findings of one file, each silenced line left out. */
export class Remarks {
  readonly findings: Finding[] = [];

  constructor(private readonly file: Pick<SourceFile, 'path' | 'lines'>) {}

  add(rule: string, severity: Finding['severity'], line: number, message: string, advice?: string): void {
    if (isSilenced(this.file.lines, line)) return;
    this.findings.push({
      rule,
      severity,
      message,
      file: this.file.path,
      line: Math.min(Math.max(1, line), Math.max(1, this.file.lines.length)),
      ...(advice === undefined ? {} : { advice }),
    });
  }
}
