import type axe from 'axe-core';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { axeSource } from '../../support/axe-source';
import { cache } from '../server/paths.mjs';
import { chooseTheme, themes } from './themes';

/** What `lookInEveryTheme` found, by theme; empty arrays when all is well. */
export type Findings = Readonly<Record<string, readonly string[]>>;

/** No finding in any theme. */
export const nothingFound: Findings = Object.fromEntries(themes.map(({ id }) => [id, []]));

/**
 * Wears every theme in turn, saves a picture of the window and looks at the views with every rule of axe.
 *
 * @param name of the pictures
 * @param views what is on the screen, by name
 */
export async function lookInEveryTheme(
  page: Page,
  name: string,
  views: Readonly<Record<string, FrameLocator>>,
): Promise<Findings> {
  const found: Record<string, readonly string[]> = {};
  for (const theme of themes) {
    await chooseTheme(page, theme);
    const violations: string[] = [];
    for (const [title, view] of Object.entries(views)) {
      for (const line of await violationsIn(view)) violations.push(`${title}: ${line}`);
    }
    found[theme.id] = violations;
    await photograph(page, join(theme.id.replaceAll(' ', '-'), name));
  }
  return found;
}

/** A picture of the whole window, with nothing under the mouse, among the screenshots. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(cache, 'screenshots', `${name}.png`) });
}

async function violationsIn(view: FrameLocator): Promise<string[]> {
  const root = view.locator('html');
  await root.evaluate((_html, source) => {
    // As a text to evaluate and not as a script element, which the view's policy refuses.
    if (!('axe' in window)) (0, eval)(source);
  }, axeSource);
  return root.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ['violations'],
    });
    return violations.map(({ id, help, nodes }) => {
      const places = nodes.map(
        ({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`,
      );
      return `${id} (${help}): ${places.join(' | ')}`;
    });
  });
}
