import type { Finding } from '../../model/finding';
import type { Manifest, PackageImport } from './dependency-facts';

export interface OtherPackage {
  readonly path: string;
  readonly manifest: Manifest;
  readonly imports: readonly { readonly path: string; readonly one: PackageImport }[];
  readonly mentions: ReadonlySet<string>;
  readonly hasLockfile: boolean;
  /** A program rather than a library. */
  readonly isProgram: boolean;
}

/** go.mod against the imports of its files. */
export function concludeGo({ path, manifest, imports, hasLockfile }: OtherPackage): Finding[] {
  const findings: Finding[] = [];
  const covers = (name: string, module: string) => name === module || name.startsWith(`${module}/`);
  for (const { name, section, line } of manifest.dependencies) {
    if (section === 'indirect' || imports.some(({ one }) => covers(one.name, name))) continue;
    findings.push({
      rule: 'dependencies/unused',
      severity: 'medium',
      message: `"${name}" is declared, and nothing imports it.`,
      advice: 'Run go mod tidy.',
      file: path,
      line,
    });
  }
  const told = new Set<string>();
  for (const { path: from, one } of imports) {
    const known =
      covers(one.name, manifest.name ?? '-') ||
      manifest.dependencies.some(({ name }) => covers(one.name, name));
    if (known || told.has(one.name)) continue;
    told.add(one.name);
    findings.push({
      rule: 'dependencies/missing',
      severity: 'high',
      message: `"${one.name}" is imported but declared nowhere.`,
      advice: 'Run go mod tidy.',
      file: from,
      line: one.line,
    });
  }
  if (!hasLockfile && manifest.dependencies.length > 0) {
    findings.push({
      rule: 'dependencies/no-lockfile',
      severity: 'medium',
      message: 'There is no go.sum, so nobody would notice another content.',
      advice: 'Commit go.sum.',
      file: path,
      line: 1,
    });
  }
  return findings;
}

/** Cargo.toml against the names in its files. */
export function concludeCargo({ path, manifest, mentions, hasLockfile, isProgram }: OtherPackage): Finding[] {
  const findings: Finding[] = [];
  for (const { name, line, section } of manifest.dependencies) {
    if (mentions.size === 0 || section !== 'runtime' || mentions.has(name.replace(/-/g, '_'))) continue;
    findings.push({
      rule: 'dependencies/unused',
      severity: 'low',
      message: `"${name}" is declared, and nothing names it.`,
      advice: 'Remove it, if no macro needs it.',
      file: path,
      line,
    });
  }
  if (!hasLockfile && isProgram && manifest.dependencies.length > 0) {
    findings.push({
      rule: 'dependencies/no-lockfile',
      severity: 'low',
      message: 'There is no Cargo.lock, so what is built changes from day to day.',
      advice: 'Commit Cargo.lock.',
      file: path,
      line: 1,
    });
  }
  return findings;
}

/** Gems without a version, where no lockfile holds them. */
export function concludeRuby({ path, manifest, hasLockfile }: OtherPackage): Finding[] {
  if (hasLockfile) return [];
  return manifest.dependencies
    .filter(({ range }) => range === '')
    .map(({ name, line }) => ({
      rule: 'dependencies/unpinned',
      severity: 'medium',
      message: `"${name}" takes whatever is newest.`,
      advice: 'Name a version, or commit Gemfile.lock.',
      file: path,
      line,
    }));
}
