import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { Remarks } from '../text/remarks';
import type { Declared, Lockfile, Locked, Manifest } from './dependency-facts';
import { normalized } from './python-names';

interface Read {
  readonly manifest: Manifest;
  /** About the file by itself: where packages come from. */
  readonly findings: readonly Finding[];
}

const empty = { ecosystem: 'python', isPrivate: true, isLibrary: false, aliases: [], line: 1 } as const;

/** requirements.txt and its kin. */
export function requirements(file: SourceFile): Read {
  const remarks = new Remarks(file);
  const dependencies: Declared[] = [];
  const isDevelopment = /dev|test|lint|docs|ci/i.test(file.path.slice(file.path.lastIndexOf('/') + 1));
  file.lines.forEach((raw, index) => {
    const line = raw
      .slice(0, 1_000)
      .replace(/(?:^|\s)#.*$/, '')
      .trim();
    if (line === '') return;
    sources(line, index + 1, remarks);
    if (line.startsWith('-')) return;
    const declared = requirement(line);
    if (declared === undefined) return;
    dependencies.push({ ...declared, section: isDevelopment ? 'development' : 'runtime', line: index + 1 });
  });
  return { manifest: { ...empty, dependencies }, findings: remarks.findings };
}

function sources(line: string, at: number, remarks: Remarks): void {
  if (
    /^(?:-i|--index-url|--extra-index-url|-f|--find-links)[\s=]+http:/.test(line) ||
    /^[\w.[\]-]+\s*@\s*http:/.test(line)
  ) {
    remarks.add(
      'dependencies/clear-text',
      'high',
      at,
      'Packages are fetched over the network in clear text.',
      'Use https.',
    );
  } else if (/^--extra-index-url/.test(line)) {
    remarks.add(
      'dependencies/two-sources',
      'medium',
      at,
      'With two indexes anyone may publish a package under the name of a private one.',
      'Use one index that serves both.',
    );
  }
  if (/^--trusted-host/.test(line)) {
    remarks.add(
      'dependencies/clear-text',
      'high',
      at,
      'The certificate of the package index is not checked.',
      'Use https with a real certificate.',
    );
  }
}

/** `name[extra] >= 1.0, < 2 ; marker`; undefined for paths and options. */
function requirement(text: string): { name: string; range: string } | undefined {
  const direct = /^(?:-e\s+)?git\+\S+?(?:@([\w./-]+))?#egg=([\w.-]+)/.exec(text);
  if (direct !== null) return { name: normalized(direct[2] ?? ''), range: `git@${direct[1] ?? ''}` };
  const match = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(@\s*\S+|[=<>!~][^;]*)?\s*(?:;.*)?$/.exec(
    text
      .replace(/\s+--hash.*$/, '')
      .replace(/\\$/, '')
      .trim(),
  );
  if (match === null) return undefined;
  const range = (match[2] ?? '').trim();
  return {
    name: normalized(match[1] ?? ''),
    range: range.startsWith('@') ? `git@${/@([\w./-]+)$/.exec(range.slice(1))?.[1] ?? ''}` : range,
  };
}

/** pyproject.toml (the standard form and Poetry's) and Pipfile: read line by line, as far as lists of packages go. */
export function pyproject(file: SourceFile): Read {
  const reader = new TableReader(/(?:^|\/)Pipfile$/.test(file.path));
  const remarks = new Remarks(file);
  file.lines.forEach((raw, index) => {
    const line = raw
      .slice(0, 2_000)
      .replace(/\s#.*$/, '')
      .trim();
    if (/^(?:source|url)\b.*http:\/\//.test(line)) {
      remarks.add(
        'dependencies/clear-text',
        'high',
        index + 1,
        'Packages are fetched over the network in clear text.',
        'Use https.',
      );
    }
    reader.read(line, index + 1);
  });
  const { name, license, dependencies } = reader;
  return {
    manifest: {
      ...empty,
      ...(name === undefined ? {} : { name }),
      ...(license === undefined ? {} : { license }),
      dependencies,
      isPrivate: name === undefined,
      isLibrary: /^\[build-system\]/m.test(file.text),
      line: dependencies[0]?.line ?? 1,
    },
    findings: remarks.findings,
  };
}

/** Lines of TOML, as far as they declare packages. */
class TableReader {
  readonly dependencies: Declared[] = [];
  name: string | undefined;
  license: string | undefined;
  private table = '';
  /** Section of the list that is open. */
  private list: Declared['section'] | undefined;

  constructor(private readonly isPipfile: boolean) {}

  read(line: string, at: number): void {
    const header = /^\[+([^\]]+)\]+$/.exec(line)?.[1];
    if (header !== undefined && this.list === undefined) {
      this.table = header.replace(/["\s]/g, '');
      return;
    }
    this.readProject(line);
    const opened = listSection(this.table, line);
    this.list ??= opened;
    if (this.list === undefined) this.readEntry(line, at);
    else this.readList(opened === undefined ? line : line.slice(line.indexOf('[') + 1), line, at, this.list);
  }

  private readProject(line: string): void {
    const isProject = this.table === 'project' || this.table === 'tool.poetry';
    const [, field, value] = isProject ? (/^(name|license)\b[^=]*=\s*(.+)$/.exec(line) ?? []) : [];
    if (field === 'name') this.name = value?.replace(/["']/g, '');
    if (field === 'license') this.license = value?.replace(/["']/g, '');
    if (line.includes('License ::')) this.license ??= line;
  }

  private readList(items: string, line: string, at: number, section: Declared['section']): void {
    for (const match of items.matchAll(/"([^"]+)"|'([^']+)'/g)) {
      const declared = requirement(match[1] ?? match[2] ?? '');
      if (declared !== undefined) this.dependencies.push({ ...declared, section, line: at });
    }
    // The brackets of extras ("uvicorn[standard]") close no list.
    if (/\]\s*,?$/.test(line.replace(/\[[^\]]*\](?=["'<>=!~])/g, ''))) this.list = undefined;
  }

  private readEntry(line: string, at: number): void {
    const section = tableSection(this.table, this.isPipfile);
    const [, name, value = ''] = /^"?([A-Za-z0-9][\w.-]*)"?\s*=\s*(.+)$/.exec(line) ?? [];
    if (section === undefined || name === undefined || name === 'python' || /\bpath\s*=/.test(value)) return;
    this.dependencies.push({ name: normalized(name), range: rangeOf(value), section, line: at });
  }
}

/** `"^2.0"`, `{ version = "^2.0" }`, `{ git = "...", rev = "..." }`. */
function rangeOf(value: string): string {
  const revision = /\b(?:rev|tag)\s*=\s*["']([^"']+)/.exec(value)?.[1] ?? '';
  return (
    /version\s*=\s*["']([^"']*)["']/.exec(value)?.[1] ??
    /^["']([^"']*)["']/.exec(value)?.[1] ??
    (/\bgit\s*=/.test(value) ? `git@${revision}` : '')
  );
}

function listSection(table: string, line: string): Declared['section'] | undefined {
  if (!/^[\w."-]+\s*=\s*\[/.test(line)) return undefined;
  if (table === 'project' && /^dependencies\s*=/.test(line)) return 'runtime';
  if (table === 'project.optional-dependencies') return 'optional';
  if (table === 'dependency-groups' || (table === 'tool.uv' && /^dev-dependencies/.test(line)))
    return 'development';
  return undefined;
}

function tableSection(table: string, isPipfile: boolean): Declared['section'] | undefined {
  if (isPipfile)
    return table === 'packages' ? 'runtime' : table === 'dev-packages' ? 'development' : undefined;
  if (table === 'tool.poetry.dependencies') return 'runtime';
  return /^tool\.poetry\.(?:dev-dependencies|group\.[\w-]+\.dependencies)$/.test(table)
    ? 'development'
    : undefined;
}

/** `install_requires=[...]` of setup.py. */
export function setupFile(file: SourceFile): Read {
  const start = file.text.search(/\binstall_requires\s*=\s*\[/);
  const dependencies: Declared[] = [];
  if (start >= 0) {
    const end = file.text.indexOf(']', start);
    const body = file.text.slice(start, end < 0 ? start + 5_000 : end);
    const before = file.text.slice(0, start).split('\n').length;
    body.split('\n').forEach((line, index) => {
      for (const match of line.matchAll(/["']([A-Za-z][^"']{0,100})["']/g)) {
        const declared = requirement(match[1] ?? '');
        if (declared !== undefined)
          dependencies.push({ ...declared, section: 'runtime', line: before + index });
      }
    });
  }
  const license = /\blicense\s*=\s*["']([^"']+)/.exec(file.text)?.[1];
  return {
    manifest: {
      ...empty,
      name: 'setup',
      ...(license === undefined ? {} : { license }),
      dependencies,
      isPrivate: false,
      isLibrary: true,
      line: 1,
    },
    findings: [],
  };
}

/** poetry.lock, uv.lock and Pipfile.lock: that they are there matters most; names and versions where they are plain. */
export function pythonLockfile(file: SourceFile): Lockfile {
  const packages: Locked[] = [];
  file.lines.forEach((line, index) => {
    const name = /^name\s*=\s*"([^"]+)"/.exec(line)?.[1];
    const version = /^version\s*=\s*"([^"]+)"/.exec(file.lines[index + 1] ?? '')?.[1];
    if (name !== undefined && version !== undefined)
      packages.push({ name: normalized(name), version, line: index + 1 });
  });
  return { ecosystem: 'python', manager: file.path.slice(file.path.lastIndexOf('/') + 1), packages };
}
