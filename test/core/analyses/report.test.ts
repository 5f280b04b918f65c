import { afterEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json';
import { runReport, type UpstreamStep } from '../../../src/core/analyses/run-report';
import { createTestHost } from '../../support/node-host';
import { folderWith, look } from './on-disk';

const host = createTestHost();
const folders: { remove: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((one) => one.remove()));
});

const step = (key: string, output: JsonValue, more: Partial<UpstreamStep> = {}): UpstreamStep => ({
  key,
  title: key,
  status: 'completed',
  output,
  summary: '',
  artifacts: [],
  ...more,
});

const finding = (fields: Record<string, JsonValue> = {}): JsonValue => ({
  rule: 'lint/debugger',
  severity: 'medium',
  message: 'A debugger was left',
  file: 'src/a.js',
  line: 2,
  ...fields,
});

async function report(
  upstream: readonly UpstreamStep[],
  files: Record<string, string> = { 'src/a.js': 'one\ntwo\nthree\n' },
  artifacts: Record<string, string> = {},
) {
  const folder = await folderWith(files);
  folders.push(folder);
  return runReport(host, {
    title: 'Review report',
    workspace: folder.path,
    upstream,
    getArtifact: async ({ hash }) => new TextEncoder().encode(artifacts[hash]),
    signal: new AbortController().signal,
  });
}

describe('a report over findings', () => {
  it('links each to its line from the root of the workspace', async () => {
    const { markdown, output } = await report([step('Lint', { findings: [finding()] })]);
    expect(markdown).toContain('- [src/a.js:2](/src/a.js#L2) A debugger was left. `lint/debugger`');
    expect(output).toMatchObject({ action: 'create-review-report', counts: { medium: 1 } });
  });

  it('tells the same rule at the same place once, at its worst, and says who found it', async () => {
    const { markdown, output } = await report([
      step('Lint', { findings: [finding()] }),
      step('Security', { findings: [finding({ severity: 'high' }), finding({ line: 3 })] }),
    ]);
    expect(output.findings.map(({ severity, line }) => [severity, line])).toEqual([
      ['high', 2],
      ['medium', 3],
    ]);
    expect(output.metrics).toMatchObject({ duplicatesMerged: 1, steps: 2, filesWithFindings: 1 });
    expect(markdown).toContain('(found by Lint, Security)');
  });

  it('counts also what a step counted and did not list', async () => {
    const { markdown, output } = await report([
      step('Lint', {
        engine: 'local engine: rules, no AI model',
        findings: [finding(), finding({ severity: 'high', line: 1 })],
        counts: { high: 1, medium: 150, low: 0, info: 0 },
        notes: ['149 more of lint/debugger counted but not listed'],
        scanned: { files: 20_000, lines: 40_000, skipped: 0, isCut: true },
      }),
      step('Other', { findings: [finding({ line: 3 })] }),
    ]);
    expect(output.counts).toEqual({ high: 1, medium: 151, low: 0, info: 0 });
    expect(markdown).toContain('152 findings, 1 high (only a part of the folder).');
    expect(markdown).toContain('| Lint | completed | 151 | 1 | 150 | 0 | 0 | 20000 |');
    expect(markdown).toContain('### Medium (151)\n\n149 of them are counted only');
    expect(output.metrics).toMatchObject({ duplicatesMerged: 0 });
  });

  it('orders by severity, then file, and counts in a table', async () => {
    const { markdown } = await report(
      [
        step('Lint', {
          findings: [
            finding({ severity: 'low', file: 'b.js', line: 1 }),
            finding({ severity: 'high', file: 'b.js', line: 1, rule: 'x/y' }),
            finding(),
          ],
        }),
      ],
      { 'src/a.js': 'a\nb\n', 'b.js': 'a\n' },
    );
    expect(markdown).toContain('| Lint | completed | 3 | 1 | 1 | 1 | 0 | - |');
    expect(markdown.indexOf('### High (1)')).toBeLessThan(markdown.indexOf('### Medium (1)'));
    expect(markdown.indexOf('### Medium (1)')).toBeLessThan(markdown.indexOf('### Low (1)'));
    expect(markdown).toContain('| [b.js](/b.js) | 1 | 0 | 1 | 0 |');
  });

  it('links nowhere that is not there now', async () => {
    const { markdown } = await report([
      step('Lint', {
        findings: [
          finding({ file: 'gone.js' }),
          finding({ line: 99 }),
          finding({ file: '../../etc/passwd' }),
        ],
      }),
    ]);
    expect(markdown).not.toContain('(/gone.js');
    expect(markdown).toContain('gone.js:2 (not found now)');
    expect(markdown).toContain('- [src/a.js](/src/a.js) A debugger was left');
    expect(markdown).not.toMatch(/\]\([^)]*etc/);
  });

  it('reads what other tools write: ESLint, SARIF, lists of their own', async () => {
    const folder = await folderWith({ 'src/a.js': 'one\ntwo\n' });
    folders.push(folder);
    const eslint = [
      {
        filePath: `${folder.path}/src/a.js`,
        messages: [{ ruleId: 'no-eval', severity: 2, message: 'eval', line: 1 }],
      },
    ];
    const sarif = {
      runs: [
        {
          results: [
            {
              ruleId: 'js/xss',
              level: 'error',
              message: { text: 'XSS' },
              locations: [
                {
                  physicalLocation: { artifactLocation: { uri: 'src/a.js' }, region: { startLine: 2 } },
                },
              ],
            },
          ],
        },
      ],
    };
    const agent = {
      issues: [{ title: 'Slow', severity: 'critical', path: 'src/a.js', line: 2, fix: 'Cache it' }],
    };
    const { output, markdown } = await runReport(host, {
      title: 'R',
      workspace: folder.path,
      upstream: [step('A', eslint), step('B', sarif), step('C', agent)],
      getArtifact: async () => new Uint8Array(),
      signal: new AbortController().signal,
    });
    expect(output.findings.map(({ rule, severity, file, line }) => [rule, severity, file, line])).toEqual(
      [
        ['no-eval', 'medium', 'src/a.js', 1],
        ['js/xss', 'high', 'src/a.js', 2],
        ['remark', 'high', 'src/a.js', 2],
      ].sort((a, b) => (a[1] === b[1] ? 0 : a[1] === 'high' ? -1 : 1)),
    );
    expect(markdown).toContain('Cache it');
  });

  it('finds large outputs where they were put', async () => {
    const large = JSON.stringify({ findings: [finding()] });
    const { output } = await report(
      [step('Lint', { $artifact: 'h1', size: large.length, preview: '{' })],
      undefined,
      {
        h1: large,
      },
    );
    expect(output.counts.medium).toBe(1);
  });

  it('gives the same bytes for the same results', async () => {
    const upstream = [step('Lint', { findings: [finding(), finding({ line: 1 })] })];
    expect((await report(upstream)).markdown).toBe((await report(upstream)).markdown);
  });

  it('is honest about the engine, and passes on what the steps left out', async () => {
    const folder = await folderWith({ 'a.js': 'debugger;\n', 'b.min.js': 'x' });
    folders.push(folder);
    const { output } = await look(host, 'lint-codebase', folder.path);
    const { markdown } = await report([step('Lint', output as unknown as JsonValue)]);
    expect(markdown).toContain('Local engine: rules, no AI model');
    expect(markdown).toContain('completed, local engine');
    expect(markdown).toContain('1 file not looked at (minified or generated): b.min.js');
  });
});

describe('a report over steps that found nothing, or did not finish', () => {
  it('says that no step ran before it', async () => {
    const { markdown, output } = await report([]);
    expect(markdown).toContain('No step ran before this report');
    expect(output.findings).toEqual([]);
  });

  it('names the steps that failed, were skipped, or produced nothing', async () => {
    const { markdown } = await report([
      step('Scan', null, { status: 'failed', summary: 'The disk is full' }),
      step('Lint', null, { status: 'skipped', summary: 'Not needed' }),
      step('Tests', null, { status: 'cancelled' }),
      step('Notes', null),
    ]);
    expect(markdown).toContain('3 of 4 steps did not complete, so this is not the whole picture');
    expect(markdown).toContain('- Scan failed: The disk is full');
    expect(markdown).toContain('- Lint was skipped: Not needed');
    expect(markdown).toContain('- Tests was cancelled');
    expect(markdown).toContain('- Notes produced nothing to report');
  });

  it('says that a look found nothing, which is a result', async () => {
    const { markdown } = await report([step('Lint', { findings: [] })]);
    expect(markdown).toContain('No findings');
    expect(markdown).toContain('| Lint | completed | 0 | 0 | 0 | 0 | 0 | - |');
  });

  it('shows what a command or an agent said, as text', async () => {
    const { markdown } = await report([
      step('Build', { exitCode: 0, stdout: 'ok' }),
      step('Agent', '# Heading\n```\nend the fence\n```'),
    ]);
    expect(markdown).toContain('"stdout": "ok"');
    expect(markdown).toContain('````text\n# Heading');
  });
});

describe('a report over hostile results', () => {
  const hostile =
    '<script>alert(1)</script> ![x](http://evil.test/p.png) [click](command:evil) | cell | {{ title }} {% raw %} `code` $x$';

  it('shows their text, and runs, loads, links and formats nothing of it', async () => {
    const { markdown } = await report([
      step(
        'Lint',
        { findings: [finding({ message: hostile, advice: hostile, rule: 'a`b|c' })] },
        {
          title: hostile,
          summary: hostile,
          artifacts: [{ hash: 'h', path: '`x`', mediaType: 'text/plain', size: 1 }],
        },
      ),
    ]);
    expect(markdown).not.toContain('<script');
    expect(markdown).not.toMatch(/(?<!\\)!\[/);
    // Links that are meant lead into the workspace; every other bracket is escaped.
    expect(markdown).not.toMatch(/(?<!\\)\]\((?!\/)/);
    expect(markdown).not.toContain('http://evil');
    // Templates in results stay text.
    expect(markdown).toContain('{{ title }}');
    const rows = markdown.split('\n').filter((line) => line.startsWith('| ') && line.includes('script'));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(9);
  });

  it('is not stopped by names of files that mean something in Markdown', async () => {
    const name = 'a (b) [c] #d.js';
    const { markdown } = await report([step('Lint', { findings: [finding({ file: name, line: 1 })] })], {
      [name]: 'x\n',
    });
    expect(markdown).toContain('(/a%20%28b%29%20%5Bc%5D%20%23d.js#L1)');
  });
});
