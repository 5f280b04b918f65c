import type { Page } from 'playwright-core';
import { brief, choosePalette, closeQuickPick, quickPickRow, untilDone } from './workbench';

export interface Theme {
  /** Its id in the settings. */
  readonly id: string;
  /** Its name in the list. */
  readonly label: string;
  /** What the workbench then carries as a class. */
  readonly marker: string;
}

export const themes: readonly Theme[] = [
  { id: 'Dark 2026', label: 'Dark 2026', marker: 'vscode-theme-defaults-themes-2026-dark-json' },
  { id: 'Light 2026', label: 'Light 2026', marker: 'vscode-theme-defaults-themes-2026-light-json' },
  { id: 'Default High Contrast', label: 'Dark High Contrast', marker: 'hc-black' },
  { id: 'Default High Contrast Light', label: 'Light High Contrast', marker: 'hc-light' },
];

/** Chooses a theme in the list, by keyboard and mouse; resolves when the workbench wears it. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  // The same field is the palette's first and the list's then: only its hint tells them apart.
  const input = page.locator('.quick-input-widget input[placeholder^="Select Color Theme"]');
  const row = quickPickRow(page, theme.label).filter({ has: page.getByText(theme.label, { exact: true }) });
  await untilDone(
    async () => {
      await choosePalette(page, 'Preferences: Color Theme');
      await input.fill(theme.label, brief);
      await row.click(brief);
      await input.waitFor({ state: 'hidden', ...brief });
    },
    () => closeQuickPick(page),
  );
  await page.locator(`.monaco-workbench.${theme.marker}`).waitFor();
}
