import type { CallFault } from '../../model/model-call';

/** What went wrong with one request, before it is said to people. */
export interface Fault {
  readonly fault: CallFault;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The vendor's or the system's own word. */
  readonly raw?: string;
  /** A vendor's sentence that may help: cleaned before anybody reads it. */
  readonly detail?: string;
}

/** Carries a fault through the vendor's package, which wraps or swallows what it does not know. */
export class WireFault extends Error {
  constructor(readonly what: Fault) {
    super(what.fault);
  }
}

/** Throws the fault: short, for the places where an answer turns out to be none. */
export function failWith(fault: CallFault, raw?: string): never {
  throw new WireFault({ fault, ...(raw !== undefined && { raw }) });
}
