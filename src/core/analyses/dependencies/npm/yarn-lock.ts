import type { SourceFile } from '../../analysis';
import { folderOf } from '../places';
import type { Lock, LockedPackage } from './lock';
import { isPlainHttp } from './read-lock';

/** yarn.lock of any age. Every entry begins at the margin with all that asked for it, and ends at the next one. */
export function readYarnLock(file: SourceFile): Lock {
  const packages: LockedPackage[] = [];
  const requests: string[] = [];
  let open: { names: string[]; line: number; fields: Map<string, string> } | undefined;
  const close = (): void => {
    const [first] = open?.names ?? [];
    if (open !== undefined && first !== undefined && !/@workspace:/.test(first)) {
      packages.push(lockedPackage(packageOf(first), open.line, open.fields));
    }
    open = undefined;
  };
  file.lines.forEach((line, index) => {
    if (/^["\w@].*:\s*$/.test(line)) {
      close();
      const names = line
        .replace(/:\s*$/, '')
        .split(',')
        .map((one) => one.trim().replace(/^"|"$/g, ''));
      requests.push(...names);
      open = { names, line: index + 1, fields: new Map() };
      return;
    }
    const field = /^ {2}"?(\w+)"?:?\s+"?([^"]*)"?$/.exec(line);
    if (field !== null) open?.fields.set(field[1] ?? '', field[2] ?? '');
  });
  close();
  const own = packages.filter((one) => one.name !== '__metadata');
  return {
    path: file.path,
    folder: folderOf(file.path),
    manager: 'yarn',
    packages: own,
    knowsLicences: false,
    requests,
  };
}

function packageOf(request: string): string {
  const at = request.indexOf('@', 1);
  return at < 0 ? request : request.slice(0, at);
}

function lockedPackage(name: string, line: number, fields: ReadonlyMap<string, string>): LockedPackage {
  const resolved = fields.get('resolved') ?? '';
  const isUnchecked =
    /^https?:/.test(resolved) &&
    !fields.has('integrity') &&
    !resolved.includes('#') &&
    !resolved.includes('.git');
  return {
    name,
    version: fields.get('version') ?? '',
    line,
    ...(isPlainHttp(resolved) ? { plainHttp: true } : {}),
    ...(isUnchecked ? { unchecked: true } : {}),
  };
}
