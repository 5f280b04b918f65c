import type { Finding } from '../../model/finding';
import { isTestPath } from '../language';
import type { Declared, Lockfile, Manifest, PackageImport } from './dependency-facts';
import { knownFlaw, lowestVersion } from './known-flaws';
import { importedAs, normalized, pythonTools, standardModules } from './python-names';

/** The Python part of a folder: its manifests are read as one project, however many files they are. */
export interface PythonProject {
  readonly manifests: readonly { readonly path: string; readonly manifest: Manifest }[];
  readonly lockfiles: readonly Lockfile[];
  readonly imports: readonly { readonly path: string; readonly one: PackageImport }[];
  readonly mentions: ReadonlySet<string>;
  /** Names of modules and packages of the project itself, lower case. */
  readonly ownModules: ReadonlySet<string>;
  readonly isPartial: boolean;
}

export function concludePython(project: PythonProject): Finding[] {
  const findings: Finding[] = [];
  const isLocked = project.lockfiles.length > 0;
  for (const { path, manifest } of project.manifests) {
    for (const declared of manifest.dependencies) findings.push(...judge(path, manifest, declared, isLocked));
    findings.push(...duplicates(path, manifest), ...licence(path, manifest));
  }
  if (!project.isPartial) findings.push(...unused(project), ...missing(project));
  return findings;
}

const at = (path: string, line: number): { file: string; line: number } => ({ file: path, line });

function judge(
  path: string,
  manifest: Manifest,
  { name, range, line, section }: Declared,
  isLocked: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const isRequirements = !/\.toml$|setup\.py$/.test(path);
  const why = isLocked
    ? range === '*' && isRequirements
      ? 'takes whatever is newest'
      : undefined
    : whyUnpinned(range, isRequirements && section !== 'optional', manifest.isLibrary);
  if (why !== undefined) {
    findings.push({
      rule: 'dependencies/unpinned',
      severity: range === '' || range === '*' || range.startsWith('git@') ? 'medium' : 'low',
      message: `"${name}" ${why}.`,
      advice: 'Name a version (==), or commit a lockfile.',
      ...at(path, line),
    });
  }
  const version = lowestVersion(range.split(',')[0] ?? '');
  const flaw = version === undefined ? undefined : knownFlaw('python', name, version);
  if (flaw !== undefined) {
    findings.push({
      rule: 'dependencies/known-flaw',
      severity: range.startsWith('=') || /^\d/.test(range) ? 'high' : 'low',
      message: `"${name}" may be ${version}, which has a published flaw (${flaw.id}).`,
      advice: flaw.fixed === undefined ? 'Replace it.' : `Use ${flaw.fixed} or newer.`,
      ...at(path, line),
    });
  }
  return findings;
}

function whyUnpinned(range: string, isRequirements: boolean, isLibrary: boolean): string | undefined {
  if (range.startsWith('git@'))
    return /^git@(?:v?\d+\.\d|[0-9a-f]{7,40}$)/.test(range) ? undefined : 'follows a branch';
  if (range === '' || range === '*')
    return isLibrary && range === '' ? undefined : 'takes whatever is newest';
  if (!isRequirements) return undefined;
  if (/^>=?/.test(range) && !/[<=~]=|</.test(range.slice(2))) return `has no upper end (${range})`;
  return undefined;
}

function duplicates(path: string, manifest: Manifest): Finding[] {
  const seen = new Map<string, Declared>();
  return manifest.dependencies.flatMap((declared): Finding[] => {
    const known = seen.get(declared.name);
    if (known === undefined) {
      seen.set(declared.name, declared);
      return [];
    }
    if (known.section !== declared.section) return [];
    const differs = known.range !== declared.range;
    return [
      {
        rule: 'dependencies/duplicate',
        severity: differs ? 'medium' : 'low',
        message: `"${declared.name}" is declared twice${differs ? `, as "${known.range}" and as "${declared.range}"` : ''}.`,
        advice: 'Keep one of them.',
        ...at(path, declared.line),
      },
    ];
  });
}

function licence(path: string, manifest: Manifest): Finding[] {
  if (manifest.name === undefined || manifest.license !== undefined || !/pyproject\.toml$/.test(path))
    return [];
  return [
    {
      rule: 'dependencies/licence-missing',
      severity: 'low',
      message: 'No licence is named, so nobody may use it.',
      advice: 'Name one.',
      ...at(path, 1),
    },
  ];
}

const modulesOf = (name: string): readonly string[] =>
  importedAs[name] ?? [
    name.replace(/-/g, '_'),
    name.replace(/^python-|-python$|^py-?/, '').replace(/-/g, '_'),
  ];

function unused({ manifests, imports, mentions }: PythonProject): Finding[] {
  if (imports.length === 0) return [];
  const used = new Set(imports.map(({ one }) => one.name.toLowerCase()));
  return manifests.flatMap(({ path, manifest }) =>
    manifest.dependencies.flatMap((declared): Finding[] => {
      const { name, section, line } = declared;
      if (section !== 'runtime' || pythonTools.test(name)) return [];
      const modules = modulesOf(name);
      if (modules.some((module) => used.has(module) || mentions.has(module)) || mentions.has(name)) return [];
      // google-cloud-x, azure-x and their like are parts of one module.
      if (used.has(name.split('-')[0] ?? '')) return [];
      return [
        {
          rule: 'dependencies/unused',
          severity: 'low',
          message: `"${name}" is declared, and nothing imports it.`,
          advice: 'Remove it, if nothing loads it by another way.',
          ...at(path, line),
        },
      ];
    }),
  );
}

function missing({ manifests, imports, ownModules }: PythonProject): Finding[] {
  if (manifests.every(({ manifest }) => manifest.dependencies.length === 0)) return [];
  const declared = new Set(
    manifests.flatMap(({ manifest }) =>
      manifest.dependencies.flatMap(({ name }) => [...modulesOf(name), name.split('-')[0] ?? '']),
    ),
  );
  const names = new Set(manifests.flatMap(({ manifest }) => manifest.dependencies.map(({ name }) => name)));
  const told = new Set<string>();
  return imports.flatMap(({ path, one }): Finding[] => {
    const name = one.name.toLowerCase();
    if (told.has(name) || one.isOptional === true || standardModules.has(one.name) || ownModules.has(name))
      return [];
    if (
      declared.has(name) ||
      names.has(normalized(name)) ||
      [...names].some((known) => modulesOf(known).some((module) => module.startsWith(`${name}_`)))
    )
      return [];
    if (
      isTestPath(path) &&
      /^(?:pytest|hypothesis|mock|nose|freezegun|responses|requests_mock|faker|factory)$/.test(name)
    )
      return [];
    told.add(name);
    return [
      {
        rule: 'dependencies/missing',
        severity: isTestPath(path) ? 'low' : 'high',
        message: `"${one.name}" is imported but declared nowhere.`,
        advice: 'Declare it, or it is only there by chance.',
        ...at(path, one.line),
      },
    ];
  });
}
