/**
 * How long the processor worked meanwhile, in milliseconds: what is measured is the work, however busy the machine is.
 * Of this whole process, so nothing else may be under way in it.
 */
export function processorTime(work: () => unknown): number {
  const begun = process.cpuUsage();
  work();
  return millisecondsSince(begun);
}

/** The same for work that is waited for; what its threads do counts as well. */
export async function processorTimeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = process.cpuUsage();
  await work();
  return millisecondsSince(begun);
}

function millisecondsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}
