import type { FrameLocator, Locator, Page } from 'playwright-core';

// What a person finds and does in a window, named. Nothing here calls a command by its id.

/** A row of the Explorer; without a name any of them. */
export function explorerRow(page: Page, name?: string): Locator {
  const rows = page.locator('.explorer-folders-view .monaco-list-row');
  return name === undefined ? rows : rows.filter({ has: page.getByText(name, { exact: true }) });
}

/** Opens folders one inside the other until the last name of the path is on the screen. */
export async function showInExplorer(page: Page, path: string): Promise<Locator> {
  const names = path.split('/');
  const last = names.pop() ?? path;
  for (const name of names) {
    const row = explorerRow(page, name).first();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
    // Its children come with a new layout of the list, which a click on one of them must not meet.
    await row.and(page.locator('[aria-expanded="true"]')).waitFor();
  }
  const row = explorerRow(page, last).first();
  await row.waitFor();
  return row;
}

/**
 * Does what a person does again when it came to nothing, as when a window is laid out anew and takes the open menu away.
 * Each of its waits must be short: `brief`.
 */
export async function untilDone(attempt: () => Promise<void>, undo: () => Promise<unknown>): Promise<void> {
  for (let tries = 8; ; tries -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 1) throw error;
      await undo();
    }
  }
}

/** For an attempt that can be made again. */
export const brief = { timeout: 3_000 };

/**
 * Right-clicks and chooses. A window that is laid out anew, as when the banner of a restricted folder slides in, takes its
 * menus away; then the person right-clicks again.
 */
export async function chooseFromMenu(page: Page, target: Locator, label: string): Promise<void> {
  const named = { has: page.locator('.action-label').getByText(label, { exact: true }) };
  await target.waitFor();
  await untilDone(
    async () => {
      await target.click({ button: 'right', ...brief });
      // A menu ignores clicks in its first 100 ms, silently; a key chooses the item under the mouse at once.
      await page.locator('.monaco-menu .action-menu-item').filter(named).hover(brief);
      await page.locator('.monaco-menu .action-item.focused').filter(named).waitFor(brief);
    },
    async () => {
      // One that came too late would cover what is clicked next.
      if (await page.locator('.monaco-menu').isVisible()) await page.keyboard.press('Escape');
    },
  );
  await page.keyboard.press('Enter');
}

/** Chooses a command in the palette by its title. */
export async function choosePalette(page: Page, title: string): Promise<void> {
  const row = quickPickRow(page, title).first();
  // A view that has just loaded may take the focus, and with it the palette goes away again.
  await untilDone(
    async () => {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').fill(`>${title}`, brief);
      await row.click(brief);
    },
    () => closeQuickPick(page),
  );
}

/** Closes the palette, or any list that stands in its place, unless it is closed. */
export async function closeQuickPick(page: Page): Promise<void> {
  const input = page.locator('.quick-input-widget input').first();
  if (await input.isVisible()) await input.press('Escape', brief).catch(() => undefined);
}

/** A row of the open quick pick. */
export function quickPickRow(page: Page, label: string): Locator {
  return page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: label });
}

/** Baton's place in the activity bar. */
export function batonTab(page: Page): Locator {
  return page.locator('.activitybar').getByRole('tab', { name: /^Baton/ });
}

/** Opens Baton's container unless it is open. */
export async function openBaton(page: Page): Promise<void> {
  const tab = batonTab(page);
  await tab.waitFor();
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  await tab.and(page.locator('[aria-selected="true"]')).waitFor();
}

/** A section of the sidebar, like "Runs". */
export function section(page: Page, title: string): Locator {
  return page
    .locator('.split-view-view .pane')
    .filter({ has: page.locator(`.pane-header[aria-label^="${title}" i]`) });
}

/** The page of the Approvals view. */
export function approvalsView(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview[src*="purpose=webviewView"]').frameLocator('#active-frame');
}

/** The page of the visible run panel. */
export function runPanel(page: Page): FrameLocator {
  return page
    .locator('iframe.webview[src*="extensionId=baton.baton"]:not([src*="purpose=webviewView"])')
    .and(page.locator(':visible'))
    .contentFrame()
    .frameLocator('#active-frame');
}

/** A visible toast that holds the text. */
export function toast(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast').filter({ hasText: text });
}

/** The tab of an open editor. */
export function editorTab(page: Page, name: string | RegExp): Locator {
  return page.locator('.editor-group-container').getByRole('tab', { name });
}

/** What the person does first: right-click in the Explorer, Run Workflow; then the graph is there. */
export async function runFromExplorer(page: Page, path: string): Promise<void> {
  await chooseFromMenu(page, await showInExplorer(page, path), 'Run Workflow');
  await runPanel(page).getByRole('heading', { level: 1 }).waitFor();
}

/** Waits until the graph shows the step in this state. */
export async function expectStep(page: Page, title: string, word: string): Promise<void> {
  await graphNode(page, title, word).waitFor();
}

/** A node of the graph; with a word only while it is in that state. */
export function graphNode(page: Page, title: string, word = ''): Locator {
  const start = word === '' ? `${title}, ` : `${title}, ${word}`;
  return runPanel(page).locator(`[role="option"][aria-label^="${start}"]`);
}

/** Waits until the head of the run panel says so. */
export async function expectRun(page: Page, word: string): Promise<void> {
  await runPanel(page).locator('.run-state').getByText(word, { exact: true }).waitFor();
}

/** The card of a waiting step in the sidebar. */
export function card(page: Page, title: string): Locator {
  return approvalsView(page).getByRole('article', { name: title });
}

/** Waits until what is typed goes into a field of this part: a busy window takes its time to move the focus there. */
export async function typingIn(part: Locator): Promise<void> {
  await part.locator(':is(textarea, input, vscode-text-area, vscode-text-field):focus').first().waitFor();
}

/** Approves in the sidebar and waits until the card is gone. */
export async function approve(page: Page, title: string): Promise<void> {
  await card(page, title)
    .getByRole('button', { name: `Approve ${title}` })
    .click();
  await card(page, title).waitFor({ state: 'detached' });
}

/** Developer: Reload Window; resolves when the new window knows Baton. */
export async function reloadWindow(page: Page): Promise<void> {
  const loaded = page.waitForEvent('domcontentloaded');
  await choosePalette(page, 'Developer: Reload Window');
  await loaded;
  await batonTab(page).waitFor();
}

/** The page of the visible Markdown preview. */
export function preview(page: Page): FrameLocator {
  return page
    .locator('iframe.webview[src*="extensionId=vscode.markdown-language-features"]')
    .and(page.locator(':visible'))
    .contentFrame()
    .frameLocator('#active-frame');
}

/** A row of a tree in the sidebar. */
export function treeRow(tree: Locator, label: string): Locator {
  return tree
    .locator('.monaco-list-row')
    .filter({ has: tree.page().locator('.label-name').getByText(label, { exact: true }) });
}

/** Opens a file of the Explorer in an editor of its own. */
export async function openFile(page: Page, path: string): Promise<void> {
  await (await showInExplorer(page, path)).dblclick();
  await editorTab(page, new RegExp(`^${path.split('/').at(-1) ?? path}`)).waitFor();
}
