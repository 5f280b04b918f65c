import type axe from 'axe-core';
import { axeSource } from '../../support/axe-source';
import type { OpenView } from './open-view';

/** What axe finds with every rule on: "rule: element" lines, empty when all is well. */
export async function violationsOf(view: OpenView): Promise<readonly string[]> {
  // Evaluated and not inserted: the page's policy refuses foreign script elements, as it should.
  await view.page.evaluate((text) => {
    if (!('axe' in globalThis)) (0, eval)(text);
  }, axeSource);
  return view.page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ['violations'],
    });
    return violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.html} ${node.failureSummary ?? ''}`),
    );
  });
}
