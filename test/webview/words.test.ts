import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandText } from '../../webview/words/command-text';
import { initialTexts, readForm } from '../../webview/run/form-values';
import {
  countOf,
  fileName,
  firstLine,
  fitEnd,
  fitMiddle,
  formatElapsed,
  formatRemaining,
  formatSize,
  formatTime,
  formatWaiting,
} from '../../webview/words/format';
import { DOT_GLYPHS, GLYPHS } from '../../webview/kit/icons';
import { pageHtml } from '../../webview/page';
import { reportLine } from '../../webview/words/report-line';
import { runWord, runWordOf, stepWord } from '../../webview/words/status-words';
import { stepLine } from '../../webview/words/step-line';
import { plainOutput, visibleParts } from '../../webview/words/visible-text';
import { endedRun, filledRun, formInputs, interruptedRun, runningRun, START } from './samples';

describe('times', () => {
  test.each([
    [0, '0 s'],
    [14_900, '14 s'],
    [184_000, '3 m 04 s'],
    [7_500_000, '2 h 05 m'],
  ])('%d milliseconds that still count are %s', (time, text) => expect(formatElapsed(time)).toBe(text));

  test.each([
    [12_000, '12 s'],
    [125_000, '2 m'],
    [3 * 3_600_000, '3 h'],
    [5 * 86_400_000, '5 d'],
  ])('waiting %d milliseconds is %s', (time, text) => expect(formatWaiting(time)).toBe(text));

  test.each([
    [300, '~1 s left'],
    [41_000, '~40 s left'],
    [200_000, '~3 m left'],
    [8_000_000, '~2 h left'],
  ])('%d milliseconds to go are %s', (time, text) => expect(formatRemaining(time)).toBe(text));

  test('of day are short today, and carry the day otherwise', () => {
    expect(formatTime(START, START + 1_000)).toBe('14:02');
    expect(formatTime(START, START + 86_400_000)).toBe('21 Nov 14:02');
  });
});

test('sizes, counts, names and first lines are short', () => {
  expect([formatSize(812), formatSize(12_300), formatSize(3_400_000)]).toEqual(['812 B', '12 kB', '3.4 MB']);
  expect([countOf(1, 'step'), countOf(3, 'step')]).toEqual(['1 step', '3 steps']);
  expect([fileName('a/b/report.md'), fileName('report.md')]).toEqual(['report.md', 'report.md']);
  expect(firstLine('\n  failed\nat x')).toBe('failed');
});

describe('a name that is too wide', () => {
  const measure = (text: string) => text.length;

  test('loses its middle, because the ends tell names apart', () => {
    expect(fitMiddle('quality-review-report', 21, measure)).toBe('quality-review-report');
    expect(fitMiddle('quality-review-report', 11, measure)).toBe('quali…eport');
    expect(fitMiddle('abc', 1, measure)).toBe('…');
  });

  test('never breaks a letter of two halves', () => {
    expect(fitMiddle('😀😀😀😀😀😀', 6, measure)).toBe('😀…😀');
  });

  test('loses its end when it is a sentence', () => {
    expect(fitEnd('Cannot read the file', 9, measure)).toBe('Cannot r…');
  });
});

describe('a command is shown exactly', () => {
  test('with every control and direction character as a mark', () => {
    const parts = visibleParts('rm -rf a\u202e b\u0000\tc\nd\u200b');
    expect(parts.filter((part) => part.invisible).map((part) => part.text)).toEqual([
      'U+202E',
      'NUL',
      'U+200B',
    ]);
    expect(parts.map((part) => part.text).join('')).toBe('rm -rf aU+202E bNUL\tc\ndU+200B');
  });

  test('and element by element when it is a list', () => {
    expect(commandText(['git', 'commit', '-m', 'two words', ''])).toBe('git commit -m "two words" ""');
    expect(commandText('a && b')).toBe('a && b');
  });
});

test('terminal output becomes plain text', () => {
  expect(plainOutput('\u001b[1;32mok\u001b[0m\r\n')).toBe('ok\n');
  expect(plainOutput('10 %\r20 %\rdone\n')).toBe('done\n');
  expect(plainOutput('\u001b]8;;http://x\u0007link\u001b]8;;\u0007')).toBe('link');
});

describe('a state is an icon and a word', () => {
  test('of each step', () => {
    const { steps } = filledRun().state;
    const words = Object.values(steps).map((step) => `${step.key}: ${stepWord(step, false).word}`);
    expect(words).toEqual([
      'lint: Completed',
      'security: Waiting for you',
      'dependencies: Completed',
      'architecture: Failed',
      'performance: Running',
      'threats: Not started',
      'licences: Skipped',
      'deploy: Waiting for you',
      'report: Not started',
    ]);
  });

  test('of the run, as a person would say it', () => {
    expect(runWord(runningRun().state, false).word).toBe('Running');
    expect(runWord(interruptedRun().state, true).word).toBe('Interrupted');
    expect(runWord({ ...runningRun().state, phase: 'paused' }, false).word).toBe('Pausing');
    expect(runWord(endedRun().state, false).word).toBe('Completed');
    expect(runWordOf('failed').word).toBe('Failed');
    // As in a terminal: nobody outside knows what a parked run is.
    expect(runWordOf('parked').word).toBe('Needs you');
    expect(runWordOf('something new').word).toBe('something new');
  });

  test('and only what waits for a person is in the asking tone', () => {
    const asking = Object.values(filledRun().state.steps).filter(
      (step) => stepWord(step, false).tone === 'asking',
    );
    expect(asking.map((step) => step.status)).toEqual(['waiting', 'waiting']);
  });
});

test('the second line of a node says who and how long, what it waits for, or why it failed', () => {
  const { state, now } = filledRun();
  const lines = state.definition.steps.map((declared) => {
    const step = state.steps[declared.key];
    return step === undefined
      ? ''
      : stepLine({ declared, step, calls: undefined, carried: undefined, interrupted: false }, now);
  });
  expect(lines).toEqual([
    'quality · 1.2 s',
    'waiting for you · 2 m',
    'security · 1.2 s',
    'Two modules import each other: src/orders.js and src/users.js',
    'performance · 2 m 04 s',
    'security',
    'skipped by its condition',
    'waiting for you · 2 m',
    'product',
  ]);
});

test('the glyphs of the graph are those of the icon font', () => {
  const css = readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8');
  for (const [name, glyph] of Object.entries(GLYPHS)) {
    const code = glyph.codePointAt(0)?.toString(16) ?? '';
    expect(css).toContain(`.codicon-${name}:before { content: "\\${code}" }`);
  }
  expect(css).toContain(
    `.codicon-check:before { content: "\\${DOT_GLYPHS.pass.codePointAt(0)?.toString(16)}"`,
  );
});

test('the line of a report does not say "Report ready" twice', () => {
  expect(reportLine('7 findings', 'reports/a.md')).toBe('Report ready, 7 findings');
  expect(reportLine('Report ready: 7 findings, 2 high', 'reports/a.md')).toBe(
    'Report ready, 7 findings, 2 high',
  );
  expect(reportLine('', 'reports/a.md')).toBe('Report ready');
  expect(reportLine('Four lines about rain.', 'answers/poem.md')).toBe('Four lines about rain.');
});

describe('the inputs form', () => {
  const inputs = formInputs();

  test('begins with the last values, else the defaults', () => {
    expect(initialTexts(inputs, { service: 'orders', labels: { a: 1 } })).toEqual({
      service: 'orders',
      replicas: '3',
      environment: 'staging',
      labels: '{\n  "a": 1\n}',
      dryRun: 'true',
      note: '',
    });
  });

  test('says what is wrong with each field', () => {
    const { errors } = readForm(inputs, {
      service: ' ',
      replicas: 'many',
      environment: 'moon',
      labels: '{',
    });
    expect(Object.keys(errors)).toEqual(['service', 'replicas', 'environment', 'labels']);
  });

  test('leaves out what is empty and optional', () => {
    const { values, errors } = readForm(inputs, {
      service: 's',
      replicas: '0.5',
      environment: 'staging',
      labels: '[]',
      dryRun: '',
      note: '',
    });
    expect(errors).toEqual({});
    expect(values).toEqual({
      service: 's',
      replicas: 0.5,
      environment: 'staging',
      labels: [],
      dryRun: false,
    });
  });
});

test('the page lets nothing in but its own parts', () => {
  const html = pageHtml({
    nonce: 'N',
    cspSource: 'https://host',
    scriptUri: 'https://host/webview.js',
    styleUri: 'https://host/style.css',
    codiconUri: 'https://host/codicon.css',
    view: 'run',
    title: '"><script>alert(1)</script>',
    lang: 'en',
  });
  expect(html).toContain(
    `content="default-src 'none'; script-src 'nonce-N'; style-src https://host 'nonce-N'; font-src https://host; img-src https://host data:"`,
  );
  expect(html).toContain('<meta property="csp-nonce" content="N">');
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('style=');
});
