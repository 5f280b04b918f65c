import type { Analysis } from '../analysis';

export const reviewArchitecture: Analysis = {
  action: 'review-architecture',
  title: 'Architecture',
  looksFor: 'The graph of imports: circles, hubs, layers.',
  examine: () => ({ findings: [] }),
  conclude: () => ({ findings: [], metrics: {}, notes: [] }),
};
