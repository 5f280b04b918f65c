import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse } from '@babel/parser';
import { describe, expect, it } from 'vitest';

/*
 * Who may know whom. A room names the rooms it may import and the packages that it alone may import from outside.
 * Longest prefix wins, so a single file can have a row of its own.
 */
interface Row {
  readonly rooms: readonly string[];
  readonly packages: readonly RegExp[];
}

const zod = /^zod(\/.*)?$/;
const node = /^node:/;
const row = (rooms: readonly string[], ...packages: readonly RegExp[]): Row => ({ rooms, packages });

const base = 'src/core/base';
const model = 'src/core/model';
const host = 'src/core/host';

const rows: Readonly<Record<string, Row>> = {
  [base]: row([]),
  [model]: row([base]),
  [host]: row([base]),
  'src/core/node-': row([base, model, host], node),
  // Of the providers only the table of models, so that a line that names a model can be judged.
  'src/core/workflow': row(
    [base, model, host, 'src/core/providers/model-', 'src/core/providers/pricing'],
    zod,
    /^yaml$/,
    /^@actions\/expressions(\/.*)?$/,
  ),
  // A worker's entry answers messages, and how a thread does that is the host's business.
  'src/core/workflow/parse-worker': row([base, model, host, 'src/core/workflow', 'src/core/node-']),
  'src/core/storage': row([base, model, host], zod),
  'src/core/storage/database-worker': row(
    [base, model, host, 'src/core/storage', 'src/core/node-'],
    /^sql\.js(\/.*)?$/,
  ),
  'src/core/analyses': row(
    [base, model, host],
    /^liquidjs$/,
    /^@babel\/(parser|types)$/,
    /^ignore$/,
    /^picomatch$/,
  ),
  'src/core/analyses/analyses-worker': row([base, model, host, 'src/core/analyses', 'src/core/node-']),
  // Each vendor's package is known to one file; the Google one's fetch is replaced in its bundle.
  'src/core/providers': row([base, model, host], /^cockatiel$/, zod),
  'src/core/providers/anthropic': row(
    [base, model, host, 'src/core/providers'],
    /^@anthropic-ai\/sdk(\/.*)?$/,
  ),
  'src/core/providers/openai': row([base, model, host, 'src/core/providers'], /^openai(\/.*)?$/),
  'src/core/providers/gemini': row([base, model, host, 'src/core/providers'], /^@google\/generative-ai$/),
  'src/core/tools': row([base, model, host, 'src/core/providers/provider']),
  // The person's rules come from settings and events; the parser of shell text is known to one file.
  'src/core/tools/policy': row([base, model, host, 'src/core/tools/effect'], /^picomatch$/, zod),
  'src/core/tools/shell': row([base, model, host, 'src/core/tools']),
  'src/core/tools/shell/simple-command': row([base, 'src/core/tools/shell'], /^unbash$/),
  'src/core/tools/files': row(
    [base, model, host, 'src/core/providers/provider', 'src/core/tools'],
    /^diff$/,
    /^ignore$/,
    /^picomatch$/,
  ),
  // A page is read on a thread of its own, which alone loads what knows HTML.
  'src/core/tools/web/page-worker': row([base, 'src/core/tools/web', 'src/core/node-']),
  'src/core/tools/web/page-document': row(
    [base, 'src/core/tools/web'],
    /^linkedom$/,
    /^@mozilla\/readability$/,
  ),
  'src/core/tools/web/page-markdown': row(['src/core/tools/web'], /^turndown(\/.*)?$/),
  'src/core/tools/files/search-worker': row(['src/core/tools/files', 'src/core/node-']),
  'src/core/tools/mcp': row([
    base,
    model,
    host,
    'src/core/providers/provider',
    'src/core/providers/settings/address',
    'src/core/tools',
  ]),
  // A conversation with a server is a bundle of its own, which alone knows the protocol's package.
  'src/core/tools/mcp/session': row(
    [base, model, host, 'src/core/tools/mcp'],
    /^@modelcontextprotocol\/sdk\/(client|shared|types)/,
    zod,
  ),
  // Reads code as the analyses do, and judges a text by their rules.
  'src/core/tools/code': row(
    [base, model, host, 'src/core/providers/provider', 'src/core/tools', 'src/core/analyses'],
    /^@babel\/types$/,
  ),
  'src/core/tools/generate': row([
    base,
    model,
    host,
    'src/core/providers/provider',
    'src/core/tools',
    'src/core/analyses',
  ]),
  // An address of a service is judged as the address of a provider is.
  'src/core/tools/settings': row([base, 'src/core/tools', 'src/core/providers/settings/address']),
  'src/core/agents': row([
    base,
    model,
    host,
    'src/core/providers/provider',
    'src/core/providers/routing',
    'src/core/providers/response-cache',
    'src/core/analyses',
    'src/core/tools',
    'src/core/workflow/template',
    'src/core/workflow/front-matter',
  ]),
  'src/core/engine': row([
    base,
    model,
    host,
    'src/core/workflow',
    'src/core/runtime-port',
    'src/core/agents/agent',
    'src/core/agents/collaboration',
    'src/core/providers/provider',
    'src/core/providers/routing',
    'src/core/storage/run-store',
    'src/core/storage/day-spending',
  ]),
  'src/core/runtime-port': row([
    base,
    model,
    host,
    'src/core/agents/own/agent-profiles',
    'src/core/analyses/editor-diagnostics',
    'src/core/providers/provider',
    'src/core/providers/model-settings',
    'src/core/workflow/parsed-workflow',
    'src/core/storage/run-store',
    'src/core/tools/tool-box',
    'src/core/tools/code/code-intelligence',
  ]),
  // What comes over the line from another process is looked at like everything from outside.
  'src/core/runtime-messages': row([base, model, host, 'src/core/runtime-port'], zod),
  'src/core/runtime': row(['src/core']),
  'src/extension': row(['src/core', 'webview/protocol', 'webview/page'], /^vscode$/, node, /^yaml$/, zod),
  'src/cli': row(['src/core'], node),
  'src/extension/documents/file-diffs': row(['webview/protocol'], /^diff$/),
  webview: row([base, model], zod, /^preact(\/.*)?$/),
  'webview/kit/toolkit': row(['webview'], /^@vscode\/webview-ui-toolkit(\/.*)?$/, /^preact(\/.*)?$/),
  'webview/graph/layout': row([base, model], /^@dagrejs\/dagre$/),
};

const root = path.resolve(import.meta.dirname, '..');
const files = ['src', 'webview'].flatMap((folder) => sources(path.join(root, folder)));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('architecture', () => {
  it('finds the sources and their imports', () => {
    expect(files.length).toBeGreaterThan(20);
    expect([...imports.values()].flat().length).toBeGreaterThan(50);
  });

  it('lets each room import only what its row names', () => {
    const faults: string[] = [];
    for (const [file, specifiers] of imports) {
      const { name, rule } = rowOf(file);
      for (const { target, typeOnly } of specifiers) {
        const inside = target.startsWith('src/') || target.startsWith('webview/');
        const allowed = inside
          ? target.startsWith(name) || rule.rooms.some((room) => target.startsWith(room))
          : rule.packages.some((pattern) => pattern.test(target));
        if (!allowed)
          faults.push(`${file} imports ${typeOnly ? 'types of ' : ''}${target}, which ${name} may not`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(circles()).toEqual([]);
  });

  it('keeps every file to one idea: at most 400 lines', () => {
    const long = files.filter((file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > 400);
    expect(long).toEqual([]);
  });
});

function rowOf(file: string): { name: string; rule: Row } {
  const name = Object.keys(rows)
    .filter((prefix) => file.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0];
  const rule = name === undefined ? undefined : rows[name];
  if (name === undefined || rule === undefined) throw new Error(`${file} stands in no room of the table`);
  return { name, rule };
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const full = path.join(folder, name);
    if (statSync(full).isDirectory()) return sources(full);
    return /\.tsx?$/.test(name) && !name.endsWith('.d.ts')
      ? [path.relative(root, full).split(path.sep).join('/')]
      : [];
  });
}

interface Import {
  /** Path from the project's root without extension, or the package. */
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const tree = parse(readFileSync(path.join(root, file), 'utf8'), {
    sourceType: 'module',
    plugins: file.endsWith('x') ? ['typescript', 'jsx'] : ['typescript'],
    errorRecovery: true,
    createImportExpressions: true,
  });
  const found: Import[] = [];
  visit(tree.program, (candidate) => {
    const source = candidate['source'] as { type?: string; value?: unknown } | null | undefined;
    const isImport = [
      'ImportDeclaration',
      'ExportNamedDeclaration',
      'ExportAllDeclaration',
      'ImportExpression',
    ].includes(String(candidate['type']));
    if (!isImport || source?.type !== 'StringLiteral' || typeof source.value !== 'string') return;
    const typeOnly = candidate['importKind'] === 'type' || candidate['exportKind'] === 'type';
    const target = source.value.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), source.value).replace(/\.tsx?$/, '')
      : source.value;
    found.push({ target, typeOnly });
  });
  return found;
}

function visit(value: unknown, see: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (typeof value === 'object' && value !== null) {
    const node = value as Record<string, unknown>;
    if (typeof node['type'] === 'string') see(node);
    for (const key of Object.keys(node)) if (key !== 'loc') visit(node[key], see);
  }
}

/** Groups of files that import each other in a ring, types counted: a ring of types is a ring of ideas. */
function circles(): string[] {
  const byName = new Map(files.map((file) => [file.replace(/\.tsx?$/, ''), file]));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) {
      found.push([...trail.slice(at), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const { target } of imports.get(file) ?? []) {
      const next = byName.get(target);
      if (next !== undefined) walk(next, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return found;
}
