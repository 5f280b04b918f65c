import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { pageHtml, type ViewName } from '../../../webview/page';
import type { HostMessage, ViewMessage } from '../../../webview/protocol';
import { launchBrowser } from '../../vscode/server/browser.mjs';
import { START } from '../samples';
import { themes, type Theme } from './themes';

const ORIGIN = 'https://baton.test';
const NONCE = 'bm9uY2Utb2YtdGhlLXRlc3Q';

/** A view as the editor would host it: same page, same policy, same messages, without the editor. */
export interface OpenView {
  readonly page: Page;
  /** What the view asked for so far. */
  asked(): Promise<readonly ViewMessage[]>;
  tell(message: HostMessage): Promise<void>;
  /** Resolves when what happened is on the screen. */
  settle(): Promise<void>;
  /** Types into the field that has the focus, or is about to get it. */
  type(text: string): Promise<void>;
  /** Changes the theme, as a person may at any time. */
  wear(theme: Theme): Promise<void>;
  /** Violations of the content security policy, and errors of the page. */
  readonly faults: string[];
  close(): Promise<void>;
}

let launched: Promise<Browser> | undefined;
// One browser for all views of a test file.
afterAll(async () => (await launched)?.close());

let files: Promise<ReadonlyMap<string, { body: Buffer; contentType: string }>> | undefined;

/** Builds what the views need, once. */
function bundle() {
  files ??= (async () => {
    const result = await build({
      entryPoints: { webview: 'webview/main.tsx', style: 'webview/style.css' },
      bundle: true,
      minify: true,
      write: false,
      outdir: 'out',
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      mainFields: ['module', 'main'],
      external: ['*.ttf'],
    });
    const output = (end: string) =>
      Buffer.from(result.outputFiles.find((file) => file.path.endsWith(end))?.contents ?? []);
    const codicons = 'node_modules/@vscode/codicons/dist';
    return new Map([
      ['/webview.js', { body: output('webview.js'), contentType: 'text/javascript' }],
      ['/style.css', { body: output('style.css'), contentType: 'text/css' }],
      ['/codicon.css', { body: await readFile(`${codicons}/codicon.css`), contentType: 'text/css' }],
      ['/codicon.ttf', { body: await readFile(`${codicons}/codicon.ttf`), contentType: 'font/ttf' }],
    ]);
  })();
  return files;
}

export async function openView(
  view: ViewName,
  options: {
    /** The dark one unless told. */
    readonly theme?: Theme;
    readonly width: number;
    readonly height: number;
    readonly bodyClass?: string;
    readonly state?: unknown;
    readonly pixelRatio?: number;
  },
): Promise<OpenView> {
  const contents = await bundle();
  const browser = await (launched ??= launchBrowser());
  const theme = options.theme ?? themes.dark;
  const bodyClassOf = ({ bodyClass }: Theme) => `${bodyClass} ${options.bodyClass ?? ''}`.trim();
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height },
    deviceScaleFactor: options.pixelRatio ?? 1,
    // The policy is part of what is tested.
    bypassCSP: false,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  await page.exposeFunction('reportViolation', (text: string) => faults.push(`policy: ${text}`));
  await page.addInitScript(hostInPage, {
    tokens: theme.tokens,
    bodyClass: bodyClassOf(theme),
    kind: theme.kind,
    state: options.state ?? null,
    now: START + 134_000,
  });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const file = contents.get(path);
    if (file !== undefined) await route.fulfill(file);
    else
      await route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: pageHtml({
          nonce: NONCE,
          cspSource: ORIGIN,
          scriptUri: `${ORIGIN}/webview.js`,
          styleUri: `${ORIGIN}/style.css`,
          codiconUri: `${ORIGIN}/codicon.css`,
          view,
          title: view === 'run' ? 'Run' : 'Approvals',
          lang: 'en',
        }),
      });
  });
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => (globalThis as unknown as PageGlobals).asked.length > 0);
  // Two frames: one in which changes are gathered, one in which they are on the screen.
  const settle = () =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) =>
          setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())), 0),
        ),
    );
  return {
    page,
    faults,
    asked: () => page.evaluate(() => (globalThis as unknown as PageGlobals).asked),
    async tell(message) {
      await page.evaluate((data) => {
        window.postMessage(data, '*');
      }, message as unknown);
      await settle();
    },
    settle,
    async type(text) {
      await page.locator(':is(textarea, input):focus').first().waitFor();
      await page.keyboard.type(text);
    },
    async wear(other) {
      await page.evaluate(wearInPage, { ...other, bodyClass: bodyClassOf(other) });
      await settle();
    },
    close: () => context.close(),
  };
}

interface PageGlobals {
  asked: ViewMessage[];
}

/** Runs inside the page before anything else: what the editor puts around a webview. */
function hostInPage(given: {
  tokens: Readonly<Record<string, string>>;
  bodyClass: string;
  kind: string;
  state: unknown;
  now: number;
}): void {
  const scope = globalThis as unknown as {
    asked: unknown[];
    reportViolation(text: string): void;
    acquireVsCodeApi(): unknown;
  };
  scope.asked = [];
  // Only the time of day is another; timers and frames are the browser's own.
  const clock = Date.now.bind(Date);
  const ahead = given.now - clock();
  Date.now = () => clock() + ahead;
  let state: unknown = given.state ?? undefined;
  scope.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => scope.asked.push(message),
    getState: () => state,
    setState: (next: unknown) => {
      state = next;
    },
  });
  document.addEventListener('securitypolicyviolation', (event) =>
    scope.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  const sheet = new CSSStyleSheet();
  // What the editor itself gives every webview, and a view has to live with.
  sheet.replaceSync(`@layer host {
    body { background: transparent; color: var(--vscode-editor-foreground); margin: 0; padding: 0 20px; }
    code { color: var(--vscode-textPreformat-foreground); background: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
    kbd { box-shadow: inset 0 -1px 0 var(--vscode-widget-shadow); vertical-align: middle; padding: 1px 3px; }
  }`);
  document.adoptedStyleSheets = [sheet];
  const fonts = {
    '--vscode-font-family': '"Liberation Sans", sans-serif',
    '--vscode-font-size': '13px',
    '--vscode-font-weight': 'normal',
    '--vscode-editor-font-family': '"DejaVu Sans Mono", monospace',
    '--vscode-editor-font-size': '13px',
  };
  // Before the view's own script runs, but not before there is a body.
  new MutationObserver((_changes, observer) => {
    if (document.body === null) return;
    observer.disconnect();
    for (const [name, value] of Object.entries({ ...given.tokens, ...fonts }))
      document.documentElement.style.setProperty(name, value);
    document.body.className = given.bodyClass;
    document.body.dataset['vscodeThemeKind'] = given.kind;
  }).observe(document, { childList: true, subtree: true });
}

/** Runs inside the page: what the editor does to a webview when its theme changes. */
function wearInPage({ tokens, bodyClass, kind }: Omit<Theme, 'id'>): void {
  const { style } = document.documentElement;
  // The other theme may leave out what this one gave; letters stay as they are.
  for (const name of [...style]) if (!/-font-/.test(name)) style.removeProperty(name);
  for (const [name, value] of Object.entries(tokens)) style.setProperty(name, value);
  document.body.className = bodyClass;
  document.body.dataset['vscodeThemeKind'] = kind;
}

/** Saves a picture of the view under `.cache/screenshots/views`. */
export async function screenshot(view: OpenView, name: string): Promise<void> {
  const path = `.cache/screenshots/views/${name}.png`;
  await mkdir(dirname(path), { recursive: true });
  await view.page.screenshot({ path });
}
