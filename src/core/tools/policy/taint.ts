/** What a step has taken in so far. It only grows; a child begins with its parent's. */
export interface Taint {
  /** It read what others wrote: pages, files, results of tools, words of other agents. */
  readonly foreign: boolean;
  /** It read a file that holds keys. */
  readonly secrets: boolean;
}

export const untainted: Taint = { foreign: false, secrets: false };

export function joinTaint(left: Taint, right: Taint): Taint {
  return { foreign: left.foreign || right.foreign, secrets: left.secrets || right.secrets };
}

/**
 * Of three things - foreign words, secrets, an effect that leaves the machine - two may come together without a person.
 * True when an outward effect would be the third.
 */
export function breaksRuleOfTwo(taint: Taint): boolean {
  return taint.foreign && taint.secrets;
}
