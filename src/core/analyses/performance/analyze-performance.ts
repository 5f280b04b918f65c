import type { Analysis } from '../analysis';

export const analyzePerformance: Analysis = {
  action: 'analyze-performance',
  title: 'Performance',
  looksFor: 'Large files, blocking calls in hot paths, deep loops.',
  examine: () => ({ findings: [] }),
  conclude: () => ({ findings: [], metrics: {}, notes: [] }),
};
