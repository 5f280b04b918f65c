import { BatonError } from '../../model/errors';
import type { ToolOutcome } from '../tool';

/** Codes of what may go wrong outside: the model is told and may try something else. */
const OUTSIDE = /^(?:address|page|service|worker)-/;

/** A result that says why nothing was found, in words of ours. */
export function failed(text: string): ToolOutcome {
  return { text, isError: true, isForeign: false };
}

/** The outcome of work whose failures are results as well; what is no failure of the outside is thrown on. */
export async function outcomeOf(work: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BatonError && OUTSIDE.test(error.code)) return failed(error.message);
    throw error;
  }
}
