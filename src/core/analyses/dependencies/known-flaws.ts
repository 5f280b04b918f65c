import type { Ecosystem } from './dependency-facts';

interface KnownFlaw {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** Versions before this one have the flaw, within `since`. */
  readonly fixed: string;
  readonly id: string;
}

/**
 * A short list of widely used packages whose old versions have a published flaw. It is no substitute for the advisory
 * database of the package manager, and the report says so. Ids and versions are those of the CVE list (cve.org).
 */
const flaws: readonly KnownFlaw[] = [
  { ecosystem: 'npm', name: 'lodash', fixed: '4.17.21', id: 'CVE-2021-23337' },
  { ecosystem: 'npm', name: 'minimist', fixed: '1.2.6', id: 'CVE-2021-44906' },
  { ecosystem: 'npm', name: 'jsonwebtoken', fixed: '9.0.0', id: 'CVE-2022-23540' },
  { ecosystem: 'npm', name: 'node-fetch', fixed: '2.6.7', id: 'CVE-2022-0235' },
  { ecosystem: 'npm', name: 'moment', fixed: '2.29.4', id: 'CVE-2022-31129' },
  { ecosystem: 'npm', name: 'handlebars', fixed: '4.7.7', id: 'CVE-2021-23369' },
  { ecosystem: 'npm', name: 'marked', fixed: '4.0.10', id: 'CVE-2022-21680' },
  { ecosystem: 'npm', name: 'ejs', fixed: '3.1.7', id: 'CVE-2022-29078' },
  { ecosystem: 'npm', name: 'serialize-javascript', fixed: '3.1.0', id: 'CVE-2020-7660' },
  { ecosystem: 'npm', name: 'node-forge', fixed: '1.3.0', id: 'CVE-2022-24771' },
  { ecosystem: 'npm', name: 'ws', fixed: '7.4.6', id: 'CVE-2021-32640' },
  { ecosystem: 'npm', name: 'express', fixed: '4.17.3', id: 'CVE-2022-24999' },
  { ecosystem: 'npm', name: 'axios', fixed: '0.21.2', id: 'CVE-2021-3749' },
  { ecosystem: 'npm', name: 'jquery', fixed: '3.5.0', id: 'CVE-2020-11022' },
  { ecosystem: 'npm', name: 'glob-parent', fixed: '5.1.2', id: 'CVE-2020-28469' },
  { ecosystem: 'npm', name: 'y18n', fixed: '4.0.1', id: 'CVE-2020-7774' },
  { ecosystem: 'npm', name: 'ua-parser-js', fixed: '0.7.33', id: 'CVE-2022-25927' },
  { ecosystem: 'npm', name: 'underscore', fixed: '1.12.1', id: 'CVE-2021-23358' },
  { ecosystem: 'npm', name: 'shelljs', fixed: '0.8.5', id: 'CVE-2022-0144' },
  { ecosystem: 'npm', name: 'follow-redirects', fixed: '1.14.8', id: 'CVE-2022-0536' },
  { ecosystem: 'python', name: 'requests', fixed: '2.31.0', id: 'CVE-2023-32681' },
  { ecosystem: 'python', name: 'pyyaml', fixed: '5.4', id: 'CVE-2020-14343' },
  { ecosystem: 'python', name: 'flask', fixed: '2.2.5', id: 'CVE-2023-30861' },
  { ecosystem: 'python', name: 'werkzeug', fixed: '2.2.3', id: 'CVE-2023-25577' },
  { ecosystem: 'python', name: 'jinja2', fixed: '2.11.3', id: 'CVE-2020-28493' },
  { ecosystem: 'python', name: 'urllib3', fixed: '1.26.5', id: 'CVE-2021-33503' },
  { ecosystem: 'python', name: 'django', fixed: '2.2.28', id: 'CVE-2022-28346' },
  { ecosystem: 'python', name: 'lxml', fixed: '4.9.1', id: 'CVE-2022-2309' },
  { ecosystem: 'python', name: 'paramiko', fixed: '2.10.1', id: 'CVE-2022-24302' },
  { ecosystem: 'maven', name: 'org.apache.logging.log4j:log4j-core', fixed: '2.17.1', id: 'CVE-2021-44832' },
  { ecosystem: 'maven', name: 'log4j:log4j', fixed: '99.0.0', id: 'CVE-2022-23305' },
  { ecosystem: 'maven', name: 'org.apache.commons:commons-text', fixed: '1.10.0', id: 'CVE-2022-42889' },
  {
    ecosystem: 'maven',
    name: 'commons-collections:commons-collections',
    fixed: '3.2.2',
    id: 'CVE-2015-6420',
  },
  { ecosystem: 'maven', name: 'org.yaml:snakeyaml', fixed: '2.0', id: 'CVE-2022-1471' },
];

/** The published flaw of an exact version, as far as the short list knows. */
export function knownFlaw(
  ecosystem: Ecosystem,
  name: string,
  version: string,
): { readonly id: string; readonly fixed: string | undefined } | undefined {
  const flaw = flaws.find((one) => one.ecosystem === ecosystem && one.name === name.toLowerCase());
  if (flaw === undefined || !/^\d+(?:\.\d+){0,3}$/.test(version) || !isBefore(version, flaw.fixed))
    return undefined;
  return { id: flaw.id, fixed: flaw.fixed.startsWith('99.') ? undefined : flaw.fixed };
}

function isBefore(version: string, other: string): boolean {
  const [a, b] = [version.split('.').map(Number), other.split('.').map(Number)];
  for (let at = 0; at < 4; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The lowest version that a range allows, where it names one: "^4.17.4", "~=2.25", ">=1.2". */
export function lowestVersion(range: string): string | undefined {
  return /^(?:[\^~]|~=|==|===|>=|=|v)?\s*v?(\d+(?:\.\d+){0,3})$/.exec(range.trim())?.[1];
}
