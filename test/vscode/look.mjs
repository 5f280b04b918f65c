// Starts a VS Code server with Baton in it, to look at: prints its address, can save a screenshot. Ctrl-C ends it.
//   node test/vscode/look.mjs [--folder examples] [--theme "Light 2026"] [--restricted] [--screenshot out.png [--keys "F1,text:Baton,Enter"]]
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './server/browser.mjs';
import { root, vsix } from './server/paths.mjs';
import { startServer } from './server/start.mjs';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'examples' },
    theme: { type: 'string', default: 'Dark 2026' },
    restricted: { type: 'boolean', default: false },
    extension: { type: 'string', default: vsix },
    screenshot: { type: 'string' },
    keys: { type: 'string', default: '' },
    width: { type: 'string', default: '1400' },
    height: { type: 'string', default: '900' },
  },
});
if (!existsSync(values.extension)) throw new Error(`No ${values.extension}: run "npm run package" first.`);

const server = await startServer({
  extension: values.extension,
  trusted: !values.restricted,
  settings: { 'workbench.colorTheme': values.theme },
});
const address = server.address(resolve(root, values.folder));
if (values.screenshot) {
  await save(values.screenshot);
  await server.stop();
} else {
  console.log(address);
  console.log('Ctrl-C ends it.');
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

/** @param {string} file */
async function save(file) {
  const browser = await launchBrowser();
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
  });
  await page.goto(address);
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  for (const key of values.keys.split(',').filter(Boolean)) {
    if (key.startsWith('text:')) await page.keyboard.type(key.slice(5));
    else if (key.startsWith('click:')) await page.locator(key.slice(6)).first().click();
    else if (key.startsWith('wait:')) await page.waitForTimeout(Number(key.slice(5)));
    else await page.keyboard.press(key);
  }
  await page.waitForTimeout(1000);
  await page.screenshot({ path: file });
  await browser.close();
  console.log(file);
}
