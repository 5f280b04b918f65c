import type { Analysis } from '../analysis';

export const scanVulnerabilities: Analysis = {
  action: 'scan-vulnerabilities',
  title: 'Vulnerabilities',
  looksFor: 'Secrets, dangerous calls and unsafe settings.',
  examine: () => ({ findings: [] }),
  conclude: () => ({ findings: [], metrics: {}, notes: [] }),
};
