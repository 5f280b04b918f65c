import type { FolderAction } from '../../../src/core/analyses/analysis';
import { answer, type Concluded } from '../../../src/core/analyses/answer';

/** Looks at a folder that exists only as text. */
export async function lookAt(
  action: FolderAction,
  files: Readonly<Record<string, string>>,
): Promise<Concluded> {
  const paths = Object.keys(files).sort();
  const bytes = paths.map((path) => ({ path, bytes: new TextEncoder().encode(files[path]) }));
  const results = [(await answer({ kind: 'examine', action, files: bytes })) as string];
  const context = { paths, unread: [], large: [], notes: [], more: [], partial: false, isCut: false };
  return (await answer({ kind: 'conclude', action, results, context })) as Concluded;
}

/** "rule:line" for each finding in one file, notes left out. */
export async function rulesIn(action: FolderAction, file: string, text: string): Promise<string[]> {
  const { output } = await lookAt(action, { [file]: text });
  return output.findings
    .filter((finding) => finding.severity !== 'info')
    .map(({ rule, line }) => `${rule.replace(/^[a-z]+\//, '')}:${line}`);
}
