import type { BrowserContext } from 'playwright-core';

const mark = 'securitypolicyviolation in a view: ';

/**
 * Listens for violations of the content security policy in every document of every view, from its first byte.
 *
 * @returns the violations so far, each as one line
 */
export async function watchPolicy(context: BrowserContext): Promise<string[]> {
  const violations: string[] = [];
  context.on('console', (message) => {
    if (message.text().startsWith(mark)) violations.push(message.text().slice(mark.length));
  });
  await context.addInitScript((prefix: string) => {
    const listen = (document: Document): void => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event;
        console.error(`${prefix}${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber} ${sample}`);
      });
    };
    // The workbench itself is not a view.
    if (window === window.top) return;
    listen(document);
    // VS Code writes a view's content into an empty frame: opening that document takes its listeners away.
    const open = Reflect.get(Document.prototype, 'open') as (...args: unknown[]) => Document;
    Document.prototype.open = function (this: Document, ...args: unknown[]) {
      const result = open.apply(this, args);
      listen(this);
      return result;
    } as typeof Document.prototype.open;
  }, mark);
  return violations;
}
