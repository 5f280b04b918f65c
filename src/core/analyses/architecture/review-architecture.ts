import type { Analysis, SourceFile } from '../analysis';
import { isScript, isTestPath } from '../language';
import { copyFindings } from './copies';
import { designFacts } from './design-facts';
import { designFindings } from './design-findings';
import { circleFindings, hubFindings, layerFindings, sizeFindings } from './graph-findings';
import { noFacts, packFacts, type ModuleFacts } from './module-facts';
import { javaFacts } from './other-facts';
import { pythonFacts } from './python-facts';
import { roleFindings } from './role-findings';
import { resolveModules } from './resolve-modules';
import { scriptFacts } from './script-facts';
import { unusedModules } from './unused-modules';

export const reviewArchitecture: Analysis = {
  action: 'review-architecture',
  title: 'Architecture',
  looksFor:
    'It draws the graph of imports and looks for circles, hubs, layers that know too much, imports that lead nowhere and files that hold too much.',
  examine: (file) => ({ findings: [], facts: packFacts({ ...factsFor(file), design: designFacts(file) }) }),
  conclude(results, context) {
    const resolved = resolveModules(results, context.paths);
    const circles = circleFindings(resolved.edges);
    const modules = results.filter((result) => result.skipped === undefined && result.facts !== undefined);
    // Of a part of a folder one cannot say that a file is missing.
    const shown = context.partial ? { ...resolved, missing: [] } : resolved;
    return {
      findings: [
        ...circles.findings,
        ...hubFindings(results, resolved.edges),
        ...sizeFindings(results),
        ...layerFindings(shown),
        ...designFindings(results),
        ...roleFindings(results, resolved.edges),
        ...copyFindings(results),
        ...(context.partial ? [] : unusedModules(results, resolved.edges)),
      ],
      metrics: {
        modules: modules.filter((result) => !isTestPath(result.path)).length,
        imports: resolved.edges.length,
        circles: circles.findings.length,
        largestCircle: circles.largest,
      },
      notes: resolved.edges.length === 0 ? ['No imports between files of this folder were found.'] : [],
    };
  },
};

function factsFor(file: SourceFile): ModuleFacts {
  if (isScript(file.language)) return scriptFacts(file);
  if (file.language === 'python') return pythonFacts(file);
  if (file.language === 'java') return javaFacts(file);
  return noFacts;
}
