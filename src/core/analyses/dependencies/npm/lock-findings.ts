import type { Finding } from '../../../model/finding';
import { counted } from '../../walk';
import { copyleft } from './licence';
import type { Lock, LockedPackage } from './lock';
import type { Declared, NpmManifest } from './package-json';

/** What a lockfile tells, with the manifest it belongs to where there is one. */
export function lockFindings(lock: Lock, manifest: NpmManifest | undefined): Finding[] {
  const direct = new Map(manifest?.declared.map((one) => [one.name, one]));
  return [
    ...deprecatedFindings(lock, manifest, direct),
    ...licenceFindings(lock, manifest, direct),
    ...summaries(lock),
  ];
}

function deprecatedFindings(
  lock: Lock,
  manifest: NpmManifest | undefined,
  direct: ReadonlyMap<string, Declared>,
): Finding[] {
  const deprecated = lock.packages.filter((one) => one.deprecated !== undefined);
  const told = new Set<string>();
  const own: Finding[] = [];
  for (const one of deprecated) {
    const declared = direct.get(one.name);
    if (declared === undefined || manifest === undefined || told.has(one.name)) continue;
    told.add(one.name);
    own.push({
      rule: 'dependencies/deprecated',
      severity: 'low',
      message: `"${one.name}" ${one.version} is deprecated by its makers: ${sentence(one.deprecated ?? '')}`,
      advice: 'Move to what its makers recommend.',
      file: manifest.path,
      line: declared.line,
    });
  }
  const others = deprecated.filter((one) => !told.has(one.name));
  return [
    ...own,
    ...summary(lock, others, 'deprecated', 'low', (list) => `${list} deprecated by its makers`),
  ];
}

const sentence = (text: string): string => {
  const plain = text.trim().replace(/\s+/g, ' ');
  return plain === '' ? 'no reason given.' : /[.!?]$/.test(plain) ? plain : `${plain}.`;
};

function licenceFindings(
  lock: Lock,
  manifest: NpmManifest | undefined,
  direct: ReadonlyMap<string, Declared>,
): Finding[] {
  const told = new Set<string>();
  const found: Finding[] = [];
  for (const one of lock.packages) {
    const kind = copyleft(one.licence ?? '');
    if (kind === 'none' || told.has(one.name)) continue;
    told.add(one.name);
    const declared = direct.get(one.name);
    const isShipped = one.isDev !== true;
    const place =
      declared !== undefined && manifest !== undefined
        ? { file: manifest.path, line: declared.line }
        : { file: lock.path, line: one.line };
    found.push({
      rule: 'dependencies/copyleft',
      severity: kind === 'strong' && isShipped ? 'medium' : 'info',
      message: `"${one.name}" is under ${one.licence}${isShipped ? '' : ', and needed only for development'}.`,
      advice: 'Check that its terms fit what is done with this project.',
      ...place,
    });
  }
  const unknown = lock.knowsLicences ? lock.packages.filter((one) => one.licence === undefined) : [];
  return [
    ...found,
    ...summary(lock, unknown, 'unknown-licence', 'info', (list) => `${list} without a named licence`),
  ];
}

function summaries(lock: Lock): Finding[] {
  const { packages } = lock;
  return [
    ...summary(
      lock,
      packages.filter((one) => one.plainHttp),
      'insecure-source',
      'medium',
      (list) => `${list} fetched over plain http`,
    ),
    ...summary(
      lock,
      packages.filter((one) => one.unchecked),
      'no-checksum',
      'medium',
      (list) => `${list} without a checksum`,
    ),
    ...summary(
      lock,
      packages.filter((one) => one.hasInstallScript),
      'install-scripts',
      'info',
      (list) => `${list} with a script that runs on installing`,
    ),
    ...severalVersions(lock),
  ];
}

function severalVersions(lock: Lock): Finding[] {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of lock.packages) {
    const known = versions.get(name);
    if (known === undefined) versions.set(name, new Set([version]));
    else known.add(version);
  }
  const several = [...versions].filter(([, set]) => set.size > 1);
  if (several.length === 0) return [];
  const worst = several
    .sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1))
    .slice(0, 3)
    .map(([name, set]) => `${name} ${set.size}`);
  return [
    {
      rule: 'dependencies/several-versions',
      severity: 'info',
      message: `${counted(several.length, 'package')} in more than one version (${worst.join(', ')}).`,
      file: lock.path,
      line: 1,
    },
  ];
}

/** One remark for many packages, at the first of them. */
function summary(
  lock: Lock,
  packages: readonly LockedPackage[],
  rule: string,
  severity: Finding['severity'],
  say: (list: string) => string,
): Finding[] {
  const [first] = packages;
  if (first === undefined) return [];
  const names = [...new Set(packages.map((one) => one.name))];
  const shown = names.slice(0, 5).join(', ');
  const list = `${counted(packages.length, 'package')}`;
  return [
    {
      rule: `dependencies/${rule}`,
      severity,
      message: `${say(list)}: ${shown}${names.length > 5 ? ', ...' : ''}.`,
      file: lock.path,
      line: first.line,
    },
  ];
}
