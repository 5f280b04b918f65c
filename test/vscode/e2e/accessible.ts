import axe from 'axe-core';
import type { FrameLocator, Page } from 'playwright-core';

/**
 * Looks at a view with every rule of axe.
 *
 * @returns each violation as one line with the elements it is about; empty when there is none
 */
export async function accessibilityViolations(view: FrameLocator): Promise<string[]> {
  const root = view.locator('html');
  // As a function of the page and not as a script element, which the view's policy refuses.
  await root.evaluate((_html, source) => {
    if (!('axe' in window)) (0, eval)(source);
  }, axe.source);
  return root.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, help, nodes }) => {
      const places = nodes.map(
        ({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`,
      );
      return `${id} (${help}): ${places.join(' | ')}`;
    });
  });
}

/** A picture of the whole window, once it stands still. */
export async function photograph(page: Page, path: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: 'disabled' });
}
