import type { SafeFiles } from '../../host';
import { mergeResults, readJunitXml } from './results/junit-xml';
import type { TestResults } from './results/test-results';

const MOST_MODULES = 200;
const MOST_REPORTS = 2_000;
const LARGEST_REPORT = 5_000_000;
const passedOver: ReadonlySet<string> = new Set(['node_modules', 'src', 'target', 'build', 'out', 'dist']);

/**
 * The reports that were written at `since` or later, in the folder and in its modules (three levels down).
 * `since`: epoch milliseconds; older reports are of another run.
 */
export async function readReports(
  files: SafeFiles,
  folder: string,
  reports: string,
  since: number,
): Promise<TestResults | undefined> {
  const found: TestResults[] = [];
  for (const module of await modulesOf(files, folder)) {
    const place = join(module, reports);
    const entries = await files.list(place).catch(() => undefined);
    for (const entry of entries ?? []) {
      if (entry.kind !== 'file' || !/^TEST-.*\.xml$/.test(entry.name) || found.length >= MOST_REPORTS)
        continue;
      const file = await files.read(join(place, entry.name), LARGEST_REPORT).catch(() => undefined);
      // File systems may keep times by the second or two.
      if (file === undefined || file.modifiedAt < since - 2_000) continue;
      const results = readJunitXml(new TextDecoder().decode(file.bytes));
      if (results !== undefined) found.push(results);
    }
  }
  return mergeResults(found);
}

async function modulesOf(files: SafeFiles, folder: string): Promise<string[]> {
  const found = [folder];
  let level = [folder];
  for (let depth = 0; depth < 3; depth++) {
    const next: string[] = [];
    for (const parent of level) {
      const entries = (await files.list(parent).catch(() => undefined)) ?? [];
      for (const entry of entries) {
        const isModule =
          entry.kind === 'directory' && !entry.name.startsWith('.') && !passedOver.has(entry.name);
        if (isModule && found.length < MOST_MODULES) {
          next.push(join(parent, entry.name));
          found.push(join(parent, entry.name));
        }
      }
    }
    level = next;
  }
  return found;
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
