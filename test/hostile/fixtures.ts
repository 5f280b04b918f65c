import { readFileSync } from 'node:fs';
import path from 'node:path';

function fixture<T>(name: string): readonly T[] {
  const file = path.resolve(import.meta.dirname, '../fixtures', name);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly T[];
}

interface PathCase {
  readonly path: string;
  readonly verdict: 'deny' | 'ask' | 'ok' | 'literal-inside-or-deny';
}

const paths = fixture<PathCase>('paths/path-cases.json');
export const escapingPaths = paths.filter(({ verdict }) => verdict === 'deny').map((one) => one.path);
export const protectedPaths = paths.filter(({ verdict }) => verdict === 'ask').map((one) => one.path);
export const oddPaths = paths
  .filter(({ verdict }) => verdict === 'ok' || verdict === 'literal-inside-or-deny')
  .map((one) => one.path);

/** Shell texts that pass simple lists of what is allowed; CANARY stands for what must not run. */
export const bypasses = fixture<{ readonly cmd: string }>('shell/bypass.json').map(({ cmd }) => cmd);

const urls = fixture<{ readonly url: string; readonly expect: 'block' | 'allow' }>('ssrf/ssrf-urls.json');
export const blockedUrls = urls.filter(({ expect }) => expect === 'block').map(({ url }) => url);

export const injections = fixture<{ readonly via: string; readonly text: string }>(
  'injection/prompt-injection.json',
);
export const ansiTexts = fixture<{ readonly text: string }>('injection/ansi.json').map(({ text }) => text);
export const markdownTexts = fixture<{ readonly md: string }>('injection/markdown-exfil.json').map(
  ({ md }) => md,
);
export const pollutions = fixture<{ readonly json?: string; readonly toolName?: string }>(
  'injection/prototype-pollution.json',
);
