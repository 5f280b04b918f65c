import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { mask } from '../text/mask';
import { Remarks } from '../text/remarks';
import type { Declared, Manifest } from './dependency-facts';
import { knownFlaw } from './known-flaws';

interface Read {
  readonly manifest: Manifest;
  readonly findings: readonly Finding[];
}

const base = { isPrivate: true, isLibrary: false, aliases: [], line: 1 } as const;

export function goModule(file: SourceFile): Read {
  const remarks = new Remarks(file);
  const dependencies: Declared[] = [];
  let inside = '';
  let name = '';
  file.lines.forEach((raw, index) => {
    const line = raw.slice(0, 500).trim();
    name = /^module\s+(\S+)/.exec(line)?.[1] ?? name;
    const block = /^(require|replace|exclude)\s*\(/.exec(line)?.[1];
    if (block !== undefined) {
      inside = block;
      return;
    }
    if (line.startsWith(')')) inside = '';
    const match = /^(?:require\s+)?([\w.-]+\.[\w./~-]+)\s+(v\S+)(.*)$/.exec(line);
    if (match !== null && (inside === 'require' || line.startsWith('require '))) {
      dependencies.push({
        name: match[1] ?? '',
        range: match[2] ?? '',
        section: (match[3] ?? '').includes('indirect') ? 'indirect' : 'runtime',
        line: index + 1,
      });
    }
    if (/=>\s*\.{0,2}\//.test(line) && (inside === 'replace' || line.startsWith('replace '))) {
      remarks.add(
        'dependencies/local-path',
        'medium',
        index + 1,
        'The module is taken from a folder that only this machine has.',
        'Publish it, or put both into one workspace.',
      );
    }
  });
  duplicates(dependencies, remarks);
  return {
    manifest: { ...base, ecosystem: 'go', name, dependencies, license: '-' },
    findings: remarks.findings,
  };
}

export function cargoManifest(file: SourceFile): Read {
  const remarks = new Remarks(file);
  const dependencies: Declared[] = [];
  let table = '';
  let license: string | undefined;
  let name: string | undefined;
  let isPrivate = false;
  file.lines.forEach((raw, index) => {
    const line = raw
      .slice(0, 1_000)
      .replace(/\s#.*$/, '')
      .trim();
    table = /^\[+([^\]]+)\]+$/.exec(line)?.[1] ?? table;
    if (table === 'package') {
      name = /^name\s*=\s*"([^"]+)"/.exec(line)?.[1] ?? name;
      license = /^license(?:-file)?(?:\.workspace)?\s*=\s*(.+)$/.exec(line)?.[1] ?? license;
      if (/^publish\s*=\s*false/.test(line)) isPrivate = true;
    }
    const section = /^(?:target\..+\.)?dependencies$/.test(table)
      ? 'runtime'
      : /(?:dev|build)-dependencies$/.test(table)
        ? 'development'
        : undefined;
    const match = section === undefined ? null : /^"?([\w-]+)"?\s*=\s*(.+)$/.exec(line);
    if (section === undefined || match === null) return;
    const value = match[2] ?? '';
    const range = /^"([^"]*)"/.exec(value)?.[1] ?? /version\s*=\s*"([^"]*)"/.exec(value)?.[1] ?? '';
    dependencies.push({ name: match[1] ?? '', range, section, line: index + 1 });
    if (range === '*' || /^>=?[^,<]*$/.test(range))
      remarks.add(
        'dependencies/unpinned',
        'medium',
        index + 1,
        `"${match[1]}" takes whatever is newest.`,
        'Name a version.',
      );
    if (/\bgit\s*=/.test(value) && !/\b(?:rev|tag)\s*=/.test(value))
      remarks.add(
        'dependencies/unpinned',
        'medium',
        index + 1,
        `"${match[1]}" follows a branch.`,
        'Name a revision.',
      );
  });
  duplicates(dependencies, remarks);
  if (name !== undefined && license === undefined && !isPrivate) {
    remarks.add(
      'dependencies/licence-missing',
      'low',
      1,
      'No licence is named, so nobody may use it.',
      'Name one, or set publish = false.',
    );
  }
  return {
    manifest: {
      ...base,
      ecosystem: 'cargo',
      ...(name === undefined ? {} : { name }),
      dependencies,
      license: '-',
    },
    findings: remarks.findings,
  };
}

export function mavenManifest(file: SourceFile): Read {
  const remarks = new Remarks(file);
  const dependencies: Declared[] = [];
  const { noComments } = mask(file.text, 'xml');
  const managed = /<parent>|<dependencyManagement>/.test(file.text);
  let entry:
    | { group: string; artifact: string; version: string; versionLine: number; line: number; scope: string }
    | undefined;
  let inManagement = false;
  noComments.forEach((raw, index) => {
    const line = raw.slice(0, 1_000);
    if (/<dependencyManagement>/.test(line)) inManagement = true;
    if (/<\/dependencyManagement>/.test(line)) inManagement = false;
    if (
      /<(?:url|repository)>\s*http:\/\//.test(line) &&
      /epositor|nexus|maven|artifactory/i.test(noComments.slice(Math.max(0, index - 5), index + 2).join(' '))
    ) {
      remarks.add(
        'dependencies/clear-text',
        'high',
        index + 1,
        'Packages are fetched over the network in clear text.',
        'Use https.',
      );
    }
    if (/<dependency>/.test(line))
      entry = { group: '', artifact: '', version: '', versionLine: index + 1, line: index + 1, scope: '' };
    if (entry !== undefined) {
      entry.group = /<groupId>\s*([^<\s]+)/.exec(line)?.[1] ?? entry.group;
      entry.artifact = /<artifactId>\s*([^<\s]+)/.exec(line)?.[1] ?? entry.artifact;
      entry.scope = /<scope>\s*([^<\s]+)/.exec(line)?.[1] ?? entry.scope;
      const version = /<version>\s*([^<\s]+)/.exec(line)?.[1];
      if (version !== undefined) entry = { ...entry, version, versionLine: index + 1 };
    }
    if (!/<\/dependency>/.test(line) || entry === undefined) return;
    const { group, artifact, version, versionLine, scope } = entry;
    const name = `${group}:${artifact}`;
    if (!inManagement)
      dependencies.push({
        name,
        range: version,
        section: scope === 'test' ? 'development' : 'runtime',
        line: entry.line,
      });
    mavenVersion(name, version, versionLine, managed, remarks);
    entry = undefined;
  });
  duplicates(dependencies, remarks);
  return {
    manifest: { ...base, ecosystem: 'maven', dependencies, license: '-' },
    findings: remarks.findings,
  };
}

function mavenVersion(name: string, version: string, line: number, managed: boolean, remarks: Remarks): void {
  if (/^(?:LATEST|RELEASE)$|^[[(].*[)\]]$/.test(version))
    remarks.add(
      'dependencies/unpinned',
      'medium',
      line,
      `"${name}" takes whatever is newest (${version}).`,
      'Name a version.',
    );
  else if (version.endsWith('-SNAPSHOT'))
    remarks.add(
      'dependencies/unpinned',
      'medium',
      line,
      `"${name}" is a snapshot that changes by itself.`,
      'Use a release.',
    );
  else if (version === '' && !managed)
    remarks.add('dependencies/unpinned', 'medium', line, `"${name}" names no version.`, 'Name a version.');
  const flaw = knownFlaw('maven', name, version);
  if (flaw !== undefined)
    remarks.add(
      'dependencies/known-flaw',
      'high',
      line,
      `"${name}" is ${version}, which has a published flaw (${flaw.id}).`,
      flaw.fixed === undefined ? 'Replace it.' : `Use ${flaw.fixed} or newer.`,
    );
}

/** Gradle, in Groovy or Kotlin. */
export function gradleFindings(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  const dependencies: Declared[] = [];
  file.lines.forEach((line, index) => {
    const match =
      /^\s*(\w*(?:implementation|api|compile|compileOnly|runtimeOnly|testImplementation|classpath|kapt|annotationProcessor)\w*)\s*\(?\s*["']([\w.-]+:[\w.-]+):([^"':@]+)/i.exec(
        line.slice(0, 500),
      );
    if (match !== null) {
      const [, scope = '', name = '', version = ''] = match;
      dependencies.push({
        name,
        range: version,
        section: /test/i.test(scope) ? 'development' : 'runtime',
        line: index + 1,
      });
      if (/\+$|^latest\.|^[[(]/.test(version))
        remarks.add(
          'dependencies/unpinned',
          'medium',
          index + 1,
          `"${name}" takes whatever is newest (${version}).`,
          'Name a version.',
        );
      else if (version.endsWith('-SNAPSHOT'))
        remarks.add(
          'dependencies/unpinned',
          'medium',
          index + 1,
          `"${name}" is a snapshot that changes by itself.`,
          'Use a release.',
        );
      const flaw = knownFlaw('maven', name, version);
      if (flaw !== undefined)
        remarks.add(
          'dependencies/known-flaw',
          'high',
          index + 1,
          `"${name}" is ${version}, which has a published flaw (${flaw.id}).`,
        );
    }
    if (/\burl\s*[=(]?\s*(?:uri\()?["']http:\/\//.test(line))
      remarks.add(
        'dependencies/clear-text',
        'high',
        index + 1,
        'Packages are fetched over the network in clear text.',
        'Use https.',
      );
    if (/\bjcenter\s*\(\s*\)/.test(line))
      remarks.add('dependencies/given-up', 'low', index + 1, 'jcenter() is closed.', 'Use mavenCentral().');
  });
  duplicates(dependencies, remarks);
  return remarks.findings;
}

/** A Gemfile. */
export function rubyManifest(file: SourceFile): Read {
  const remarks = new Remarks(file);
  const dependencies: Declared[] = [];
  file.lines.forEach((line, index) => {
    const match = /^\s*gem\s+["']([\w-]+)["']\s*(?:,\s*["']([^"']+)["'])?(.*)$/.exec(line.slice(0, 500));
    if (match !== null) {
      const [, name = '', version, rest = ''] = match;
      dependencies.push({ name, range: version ?? '', section: 'runtime', line: index + 1 });
      if (/git(?:hub)?:|:git(?:hub)?\s*=>/.test(rest) && !/ref|tag/.test(rest))
        remarks.add(
          'dependencies/unpinned',
          'medium',
          index + 1,
          `"${name}" follows a branch.`,
          'Name a revision.',
        );
    }
    if (/^\s*source\s+["']http:/.test(line))
      remarks.add(
        'dependencies/clear-text',
        'high',
        index + 1,
        'Packages are fetched over the network in clear text.',
        'Use https.',
      );
  });
  duplicates(dependencies, remarks);
  return { manifest: { ...base, ecosystem: 'ruby', dependencies, license: '-' }, findings: remarks.findings };
}

function duplicates(dependencies: readonly Declared[], remarks: Remarks): void {
  const seen = new Set<string>();
  for (const { name, section, line } of dependencies) {
    const key = section === 'indirect' ? `runtime ${name}` : `${section} ${name}`;
    if (seen.has(key))
      remarks.add(
        'dependencies/duplicate',
        'medium',
        line,
        `"${name}" is declared twice.`,
        'Keep one of them.',
      );
    seen.add(key);
  }
}
