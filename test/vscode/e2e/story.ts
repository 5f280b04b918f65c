import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchBrowser } from '../server/browser.mjs';
import { cache, vsix } from '../server/paths.mjs';
import { startServer, type RunningServer, type ServerOptions } from '../server/start.mjs';
import { watchPolicy } from './policy-watch';
import { batonTab, explorerRow } from './workbench';
import { makeWorkspace, type Workspace } from './workspace';

export interface StoryOptions extends ServerOptions {
  /** Files of the folder beside the examples. */
  readonly files?: Record<string, string>;
  /** False starts from an empty folder. */
  readonly examples?: boolean;
}

/** A VS Code with the packed Baton in it, one person's browser profile, and a folder. */
export interface Story {
  readonly server: RunningServer;
  readonly workspace: Workspace;
  readonly context: BrowserContext;
  /** Violations of the content security policy in any view so far. */
  readonly violations: readonly string[];
  /** Opens the folder in a new window and waits until its Explorer shows files. */
  readonly openWindow: () => Promise<Page>;
  /** What the steps of the folder's workflows have noted, one a line. */
  readonly effects: () => Promise<string>;
  readonly close: () => Promise<void>;
}

async function beginStory(options: StoryOptions): Promise<Story> {
  const { files = {}, examples = true, ...serverOptions } = options;
  const workspace = await makeWorkspace(files, examples);
  let server: RunningServer | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
    await workspace.remove();
  };
  try {
    const running = (server = await startServer({ extension: vsix, ...serverOptions }));
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    // Waits end when what they wait for is there; a busy machine needs the rest.
    context.setDefaultTimeout(60_000);
    const violations = await watchPolicy(context);
    const openWindow = async (): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(running.address(workspace.path));
      await explorerRow(page).first().waitFor();
      // The container stands there as soon as what Baton contributes, menus among it, is known to the window.
      await batonTab(page).waitFor();
      return page;
    };
    const effects = () => readFile(join(workspace.path, 'effects.log'), 'utf8').catch(() => '');
    return { server: running, workspace, context, violations, openWindow, effects, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Plays a story from its beginning to its end: no view may have broken its policy on the way.
 * When it fails, what each window shows is saved to look at.
 */
export async function playStory(options: StoryOptions, play: (story: Story) => Promise<void>): Promise<void> {
  const story = await beginStory(options);
  try {
    await play(story);
    expect(story.violations).toEqual([]);
  } catch (error) {
    await photographWindows(story);
    throw error;
  } finally {
    await story.close();
  }
}

async function photographWindows({ context }: Story): Promise<void> {
  const name = (expect.getState().currentTestName ?? 'story').replace(/\W+/g, '-');
  for (const [index, page] of context.pages().entries()) {
    const path = join(cache, 'screenshots', 'failures', `${name}-${index}.png`);
    await page.screenshot({ path }).catch(() => undefined);
  }
}
