/** "Report ready, 7 findings": a step that makes reports says "Report ready" itself. */
export function reportLine(summary: string): string {
  const rest = summary.replace(/^report ready[:,.]?\s*/i, '').trim();
  return rest === '' ? 'Report ready' : `Report ready, ${rest}`;
}
