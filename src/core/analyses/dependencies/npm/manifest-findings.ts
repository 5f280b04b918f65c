import type { Finding } from '../../../model/finding';
import { looseness } from './version-range';
import type { Declared, NpmManifest } from './package-json';

/** What a package.json tells by itself. `isLocked`: a lockfile holds its versions. */
export function manifestFindings(
  manifest: NpmManifest,
  isLocked: boolean,
  hasLicenceFile: boolean,
): Finding[] {
  return [
    ...manifest.declared.flatMap((one) => rangeFindings(one, manifest, isLocked)),
    ...duplicateFindings(manifest),
    ...licenceFindings(manifest, hasLicenceFile),
  ];
}

function rangeFindings(one: Declared, manifest: NpmManifest, isLocked: boolean): Finding[] {
  // What the host of a plugin brings is for the host to choose.
  if (one.section === 'peerDependencies') return [];
  const loose = looseness(one.range);
  const place = { file: manifest.path, line: one.line };
  const unpinned = { rule: 'dependencies/unpinned', ...place };
  switch (loose.kind) {
    case 'anything':
      return [
        {
          ...unpinned,
          severity: isLocked || one.section === 'devDependencies' ? 'medium' : 'high',
          message: `"${one.name}" may be any version that is ever published: ${loose.why} is asked for.`,
          advice: 'Ask for the versions that were tried, such as "^1.2.3".',
        },
      ];
    case 'open-ended':
      return [
        {
          ...unpinned,
          severity: isLocked ? 'low' : 'medium',
          message: `"${one.name}" has no upper bound ("${one.range}"): the next major version is let in, too.`,
          advice: 'Add a bound, or use a caret range.',
        },
      ];
    case 'moving':
      return [
        {
          ...unpinned,
          severity: isLocked ? 'low' : 'medium',
          message: `"${one.name}" comes from a repository at ${loose.what}, which moves.`,
          advice: 'Name a commit by its full hash, or use a published version.',
        },
      ];
    case 'address':
      return [
        loose.plain
          ? {
              rule: 'dependencies/insecure-source',
              severity: 'high',
              message: `"${one.name}" is fetched over plain http, so anyone on the way may exchange it.`,
              advice: 'Use https, or a published version.',
              ...place,
            }
          : {
              ...unpinned,
              severity: 'low',
              message: `"${one.name}" is fetched from an address, not from a registry: what is there may change.`,
              advice: 'Use a published version.',
            },
      ];
    case 'local':
      // Only what others install is of no use to them without the folder beside it.
      if (!manifest.isLibrary || one.section !== 'dependencies') return [];
      return [
        {
          rule: 'dependencies/local-source',
          severity: 'medium',
          message: `"${one.name}" is taken from a folder (${one.range}), which those who install this package do not have.`,
          advice: 'Publish it, or mark this package as private.',
          ...place,
        },
      ];
    case 'pinned':
      return [];
  }
}

function duplicateFindings({ path, declared, twice }: NpmManifest): Finding[] {
  const found: Finding[] = twice.map(({ name, line }) => ({
    rule: 'dependencies/duplicate',
    severity: 'medium',
    message: `"${name}" is named twice in one list: only the last counts.`,
    advice: 'Keep one of them.',
    file: path,
    line,
  }));
  const first = new Map<string, Declared>();
  for (const one of declared) {
    // A peer is commonly named once more, so that the package's own tests have it.
    if (one.section === 'peerDependencies') continue;
    const known = first.get(one.name);
    if (known === undefined) {
      first.set(one.name, one);
      continue;
    }
    const differs = known.range !== one.range;
    found.push({
      rule: 'dependencies/duplicate',
      severity: differs ? 'medium' : 'low',
      message: differs
        ? `"${one.name}" stands in ${known.section} as "${known.range}" and in ${one.section} as "${one.range}".`
        : `"${one.name}" stands in ${known.section} and in ${one.section}.`,
      advice: 'Keep the one that is meant.',
      file: path,
      line: one.line,
    });
  }
  return found;
}

function licenceFindings(manifest: NpmManifest, hasLicenceFile: boolean): Finding[] {
  if (manifest.hasLicence || manifest.isPrivate || manifest.name === undefined) return [];
  return [
    {
      rule: 'dependencies/no-licence',
      severity: 'low',
      message: hasLicenceFile
        ? 'The manifest names no licence, although a licence file stands beside it.'
        : 'The manifest names no licence: nobody knows what they may do with the package.',
      advice: 'Add "license", or mark the package as private.',
      file: manifest.path,
      line: manifest.line,
    },
  ];
}
