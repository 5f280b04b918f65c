/** What a model wrote is its answer; whatever else a step wrote for people is a report. */
export const isAnswer = (path: string): boolean => path.startsWith('answers/');

/** "Report ready, 7 findings": a step that makes reports says "Report ready" itself. A model's answer speaks for itself. */
export function reportLine(summary: string, path: string): string {
  if (isAnswer(path)) return summary === '' ? 'Answer ready' : summary;
  const rest = summary.replace(/^report ready[:,.]?\s*/i, '').trim();
  return rest === '' ? 'Report ready' : `Report ready, ${rest}`;
}
