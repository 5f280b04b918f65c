import type { JsonValue } from '../../base/json';
import type { Finding } from '../../model/finding';
import type { Analysis, Conclusion, FileResult, FolderContext, SourceFile } from '../analysis';
import { isScript, isTestPath } from '../language';
import { readJson } from '../text/json-text';
import {
  factsOf,
  folderOf,
  isUnder,
  packFacts,
  type DependencyFacts,
  type Manifest,
} from './dependency-facts';
import { concludeNodePackage } from './node-conclusions';
import { nodeLockfile, nodeManifest, wordsOf } from './node-manifest';
import { concludeCargo, concludeGo, concludeRuby } from './other-conclusions';
import { cargoManifest, goModule, gradleFindings, mavenManifest, rubyManifest } from './other-manifests';
import { goPackages, pythonPackages, rustPackages, scriptPackages } from './package-imports';
import { concludePython } from './python-conclusions';
import { pyproject, pythonLockfile, requirements, setupFile } from './python-manifest';

export const analyzeDependencies: Analysis = {
  action: 'analyze-dependencies',
  title: 'Dependencies',
  looksFor:
    'It reads manifests and lockfiles: unpinned, duplicate, unused, missing and given-up packages, licences. Of published flaws it knows a short list only; ask the audit of the package manager for all.',
  examine: (file) => examine(file),
  conclude: (results, context) => conclude(results, context),
};

function examine(file: SourceFile): { findings: readonly Finding[]; facts?: JsonValue } {
  const { findings, facts } = read(file);
  return facts === undefined ? { findings } : { findings, facts: packFacts(facts) };
}

function read(file: SourceFile): { findings: readonly Finding[]; facts?: DependencyFacts } {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  switch (name) {
    case 'package.json': {
      const found = nodeManifest(file);
      return found === undefined ? { findings: [] } : { findings: [], facts: found };
    }
    case 'package-lock.json':
    case 'npm-shrinkwrap.json':
    case 'yarn.lock':
    case 'pnpm-lock.yaml':
    case 'bun.lock':
      return { findings: [], facts: { lockfile: nodeLockfile(file) } };
    case 'poetry.lock':
    case 'uv.lock':
    case 'Pipfile.lock':
      return { findings: [], facts: { lockfile: pythonLockfile(file) } };
    case 'go.sum':
      return { findings: [], facts: { lockfile: { ecosystem: 'go', manager: 'go', packages: [] } } };
    case 'Cargo.lock':
      return { findings: [], facts: { lockfile: { ecosystem: 'cargo', manager: 'cargo', packages: [] } } };
    case 'pyproject.toml':
    case 'Pipfile':
      return split(pyproject(file));
    case 'setup.py':
      return split(setupFile(file));
    case 'go.mod':
      return split(goModule(file));
    case 'Cargo.toml':
      return split(cargoManifest(file));
    case 'pom.xml':
      return split(mavenManifest(file));
    case 'build.gradle':
    case 'build.gradle.kts':
      return { findings: gradleFindings(file) };
    case 'Gemfile':
      return split(rubyManifest(file));
    case 'Gemfile.lock':
      return { findings: [], facts: { lockfile: { ecosystem: 'ruby', manager: 'bundler', packages: [] } } };
    default:
      return readOther(file, name);
  }
}

const split = (found: { manifest: Manifest; findings: readonly Finding[] }) => ({
  findings: found.findings,
  facts: { manifest: found.manifest },
});

function readOther(
  file: SourceFile,
  name: string,
): { findings: readonly Finding[]; facts?: DependencyFacts } {
  if (
    /^(?:[\w.-]*requirements[\w.-]*|constraints)\.txt$/i.test(name) ||
    /(?:^|\/)requirements\/[\w.-]+\.txt$/.test(file.path)
  ) {
    return split(requirements(file));
  }
  if (isScript(file.language)) return { findings: [], facts: scriptPackages(file) };
  switch (file.language) {
    case 'python':
      return { findings: [], facts: pythonPackages(file) };
    case 'go':
      return { findings: [], facts: goPackages(file) };
    case 'rust':
      return { findings: [], facts: rustPackages(file) };
    case 'json': {
      const { value } = readJson(file.text);
      const words = value === undefined ? looseWords(file.text) : wordsOf(value);
      const aliases = /^[jt]sconfig[\w.-]*\.json$/.test(name) ? pathAliases(file.text) : undefined;
      return {
        findings: [],
        facts: { mentions: words.slice(0, 1_000), ...(aliases === undefined ? {} : { aliases }) },
      };
    }
    case 'yaml':
    case 'toml':
    case 'config':
    case 'docker':
    case 'shell':
    case 'html':
      return { findings: [], facts: { mentions: looseWords(file.text) } };
    default:
      return { findings: [] };
  }
}

/** Keys of "paths": the only lists there whose keys name modules. Comments are allowed in these files, so it is no JSON. */
const pathAliases = (text: string): string[] =>
  [...text.matchAll(/"([^"\s]{1,150})"\s*:\s*\[/g)]
    .map((match) => match[1] ?? '')
    .filter((key) => key !== '*');

const looseWords = (text: string): string[] =>
  [...new Set(text.slice(0, 200_000).match(/@?[A-Za-z][\w.-]*(?:\/[\w.-]+)*/g) ?? [])].slice(0, 1_000);

interface Known {
  readonly path: string;
  readonly folder: string;
  readonly language: FileResult['language'];
  readonly facts: DependencyFacts;
}

function conclude(results: readonly FileResult[], context: FolderContext): Conclusion {
  const all: Known[] = results
    .filter((result) => result.facts !== undefined)
    .map((result) => ({
      path: result.path,
      folder: folderOf(result.path),
      language: result.language,
      facts: factsOf(result),
    }));
  const npm = nodePackages(all, context);
  const findings = [...npm.findings, ...python(all, context), ...others(all, context)];
  const manifests = all.flatMap(({ facts }) => facts.manifest ?? []);
  const gradle = results.some(({ path }) => /build\.gradle(?:\.kts)?$/.test(path));
  const notes = [...npm.notes];
  if (manifests.length === 0 && !gradle) notes.push('No manifest of a package manager was found');
  notes.push('Published flaws are compared with a short list only: nothing is asked of the network');
  const count = (rule: string) =>
    findings.filter((finding) => finding.rule === `dependencies/${rule}`).length;
  return {
    findings,
    metrics: {
      manifests: manifests.length,
      declared: manifests.reduce((sum, manifest) => sum + manifest.dependencies.length, 0),
      lockfiles: all.filter(({ facts }) => facts.lockfile !== undefined).length,
      locked: all.reduce((sum, { facts }) => sum + (facts.lockfile?.packages.length ?? 0), 0),
      unused: count('unused'),
      missing: count('missing'),
    },
    notes,
  };
}

function nodePackages(
  all: readonly Known[],
  context: FolderContext,
): { findings: Finding[]; notes: string[] } {
  const manifests = all.filter(({ facts }) => facts.manifest?.ecosystem === 'npm');
  const siblings = new Set(manifests.flatMap(({ facts }) => facts.manifest?.name ?? []));
  const locks = all.filter(({ facts }) => facts.lockfile?.ecosystem === 'npm');
  const folders = new Set(manifests.map(({ folder }) => folder));
  const homes = new Map(all.map(({ folder }) => [folder, nearest(folder, folders)]));
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const { path, folder, facts } of manifests) {
    if (facts.manifest === undefined) continue;
    const isOwn = (other: Known) => homes.get(other.folder) === folder;
    const scripts = all.filter((other) => isScript(other.language) && isOwn(other));
    const below = all.filter((other) => isUnder(other.folder, folder));
    const concluded = concludeNodePackage({
      path,
      manifest: facts.manifest,
      lockfiles: locks
        .filter((lock) => isUnder(folder, lock.folder))
        .flatMap((lock) =>
          lock.facts.lockfile === undefined ? [] : [{ path: lock.path, lockfile: lock.facts.lockfile }],
        ),
      above: manifests
        .filter((other) => other.folder !== folder && isUnder(folder, other.folder))
        .flatMap((other) => other.facts.manifest ?? []),
      imports: scripts.flatMap((script) =>
        (script.facts.imports ?? []).map((one) => ({ path: script.path, one })),
      ),
      // Members of a workspace may use what its root declares.
      mentions: new Set(
        below.flatMap((other) => [
          ...(other.facts.mentions ?? []),
          ...(isScript(other.language) && !isOwn(other)
            ? (other.facts.imports ?? []).map(({ name }) => name)
            : []),
        ]),
      ),
      siblings,
      isPartial: context.partial,
      hasCode: scripts.length > 0,
      hasDevelopment: facts.manifest.isPrivate || below.some((other) => isDevelopment(other)),
      aliases: all.flatMap((other) => other.facts.aliases ?? []),
    });
    findings.push(...concluded.findings);
    notes.push(...concluded.notes);
  }
  return { findings, notes };
}

/** What was published for others to install lacks the files that need the packages for development. */
const isDevelopment = ({ path, language }: Known): boolean => isScript(language) && isTestPath(path);

/** The innermost of the folders that holds a folder. */
function nearest(folder: string, folders: ReadonlySet<string>): string | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    if (folders.has(at)) return at;
    if (at === '') return undefined;
  }
}

function python(all: readonly Known[], context: FolderContext): Finding[] {
  const manifests = all.flatMap(({ path, facts }) =>
    facts.manifest?.ecosystem === 'python' ? [{ path, manifest: facts.manifest }] : [],
  );
  if (manifests.length === 0) return [];
  const files = all.filter(({ language }) => language === 'python');
  const own = new Set<string>();
  for (const { path } of files) {
    // Every folder and file of Python may be a module, whichever folder is the root of imports.
    for (const part of path.replace(/\.pyw?$/, '').split('/')) own.add(part.toLowerCase());
  }
  return concludePython({
    manifests,
    lockfiles: all.flatMap(({ facts }) => (facts.lockfile?.ecosystem === 'python' ? [facts.lockfile] : [])),
    imports: files.flatMap(({ path, facts }) => (facts.imports ?? []).map((one) => ({ path, one }))),
    mentions: new Set(
      all.flatMap(({ facts, path }) =>
        /requirements|\.lock$/.test(path) ? [] : (facts.mentions ?? []).map((word) => word.toLowerCase()),
      ),
    ),
    ownModules: own,
    isPartial: context.partial,
  });
}

function others(all: readonly Known[], context: FolderContext): Finding[] {
  return all.flatMap(({ path, folder, facts }) => {
    const { manifest } = facts;
    if (manifest === undefined || context.partial) return [];
    const below = all.filter((other) => isUnder(other.folder, folder));
    const one = {
      path,
      manifest,
      imports: below
        .filter(({ language }) => language === 'go')
        .flatMap((other) => (other.facts.imports ?? []).map((used) => ({ path: other.path, one: used }))),
      mentions: new Set(
        below.filter(({ language }) => language === 'rust').flatMap((other) => other.facts.mentions ?? []),
      ),
      hasLockfile: all.some(
        (other) => other.facts.lockfile?.ecosystem === manifest.ecosystem && isUnder(folder, other.folder),
      ),
      isProgram: context.paths.includes(`${folder === '' ? '' : `${folder}/`}src/main.rs`),
    };
    if (manifest.ecosystem === 'go') return concludeGo(one);
    if (manifest.ecosystem === 'ruby') return concludeRuby(one);
    return manifest.ecosystem === 'cargo' ? concludeCargo(one) : [];
  });
}
