import type { SourceFile } from '../../analysis';
import { indentOf } from '../../text/python-lines';
import { folderOf } from '../places';
import type { Lock, LockedPackage } from './lock';
import { isPlainHttp } from './read-lock';

/**
 * pnpm-lock.yaml, as far as its fixed layout goes: importers with what each asked for, and packages by "name@version".
 * Older layouts keep what the only manifest asked for under "specifiers" at the margin.
 */
export function readPnpmLock(file: SourceFile): Lock {
  const asked: Record<string, Record<string, string>> = {};
  const packages: { -readonly [Key in keyof LockedPackage]: LockedPackage[Key] }[] = [];
  /** The keys above the line, outermost first. */
  const above: { key: string; indent: number }[] = [];
  file.lines.forEach((line, index) => {
    const [, rawKey = '', rawValue = ''] =
      /^\s*('[^']*'|"[^"]*"|[^\s:#][^:]*(?::(?=\S)[^:]*)*):(?:\s+(.*))?$/.exec(line) ?? [];
    if (rawKey === '') return;
    const indent = indentOf(line);
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    const key = unquote(rawKey);
    const value = unquote(rawValue.trim());
    above.push({ key, indent });
    const path = above.map((one) => one.key);
    const [top, second = '', third = '', fourth = ''] = path;
    if (top === 'importers' && path.length === 5 && key === 'specifier') {
      const folder = second === '.' ? '' : second;
      (asked[folder] ??= {})[`${third}/${fourth}`] = value;
    } else if (top === 'importers' && third === 'specifiers' && path.length === 4) {
      (asked[second === '.' ? '' : second] ??= {})[`dependencies/${fourth}`] = value;
    } else if (top === 'specifiers' && path.length === 2) {
      (asked[''] ??= {})[`dependencies/${second}`] = value;
    } else if (path.length === 3 && key === 'specifier' && isSection(top)) {
      (asked[''] ??= {})[`${top}/${second}`] = value;
    } else if (top === 'packages' && path.length === 2) {
      const [, name, version] = /^\/?((?:@[^/]+\/)?[^@/]+)[@/]([^(_]+)/.exec(key) ?? [];
      if (name !== undefined) packages.push({ name, version: version ?? '', line: index + 1 });
    } else if (top === 'packages' && path.length === 3) {
      const last = packages.at(-1);
      if (last === undefined) return;
      if (key === 'deprecated') last.deprecated = value.slice(0, 200);
      if (key === 'requiresBuild' && value === 'true') last.hasInstallScript = true;
      if (key === 'dev' && value === 'true') last.isDev = true;
      const tarball = /tarball:\s*([^,}\s]+)/.exec(value)?.[1] ?? '';
      if (key === 'resolution' && isPlainHttp(tarball)) last.plainHttp = true;
      if (
        key === 'resolution' &&
        /^https?:/.test(tarball) &&
        !value.includes('integrity') &&
        !tarball.includes('codeload.')
      ) {
        last.unchecked = true;
      }
    }
  });
  return {
    path: file.path,
    folder: folderOf(file.path),
    manager: 'pnpm',
    packages,
    knowsLicences: false,
    asked,
  };
}

const isSection = (key: string | undefined): boolean =>
  key === 'dependencies' || key === 'devDependencies' || key === 'optionalDependencies';

const unquote = (text: string): string => text.replace(/^(['"])(.*)\1$/, '$2');
