import axe from 'axe-core';
import type { OpenView } from './open-view';

/** What axe finds with every rule on: "rule: element" lines, empty when all is well. */
export async function violationsOf(view: OpenView): Promise<readonly string[]> {
  // Evaluated and not inserted: the page's policy refuses foreign script elements, as it should.
  await view.page.evaluate(axe.source);
  return view.page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.html} ${node.failureSummary ?? ''}`),
    );
  });
}
