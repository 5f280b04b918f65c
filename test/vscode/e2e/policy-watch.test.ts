import { expect, test } from 'vitest';
import { launchBrowser } from '../server/browser.mjs';
import { watchPolicy } from './policy-watch';

const policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">';

test('a violation in a document that was written into an empty frame is seen', async () => {
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext();
    const violations = await watchPolicy(context);
    const page = await context.newPage();
    await page.setContent('<iframe src="about:blank"></iframe>');
    // The browser says something of its own about it as well.
    const said = page.waitForEvent('console', (message) =>
      message.text().startsWith('securitypolicyviolation'),
    );
    await page.locator('iframe').evaluate((frame: HTMLIFrameElement, head) => {
      const inner = frame.contentDocument;
      inner?.open();
      inner?.write(`${head}<p style="color: red">Red</p>`);
      inner?.close();
    }, policy);
    await said;
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain('style-src-attr');
  } finally {
    await browser.close();
  }
});
