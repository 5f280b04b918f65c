import type { Analysis } from '../analysis';

export const lintCodebase: Analysis = {
  action: 'lint-codebase',
  title: 'Lint',
  looksFor: 'Faults of syntax, dead code and slips in every file.',
  examine: () => ({ findings: [] }),
  conclude: () => ({ findings: [], metrics: {}, notes: [] }),
};
