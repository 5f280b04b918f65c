import type { Analysis } from '../analysis';

export const analyzeDependencies: Analysis = {
  action: 'analyze-dependencies',
  title: 'Dependencies',
  looksFor: 'Manifests and lockfiles: unpinned, duplicate, unused, missing, licence.',
  examine: () => ({ findings: [] }),
  conclude: () => ({ findings: [], metrics: {}, notes: [] }),
};
