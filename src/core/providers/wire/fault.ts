import type { CallFault } from '../../model/model-call';
import type { ChatTimeouts } from '../provider';

/** What went wrong with one request, before it is said to people. */
export interface Fault {
  readonly fault: CallFault;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The vendor's or the system's own word. */
  readonly raw?: string;
  /** Which of our own timers ended it. */
  readonly late?: Late;
  /** A vendor's sentence that may help: cleaned before anybody reads it. */
  readonly detail?: string;
}

export interface Late {
  readonly limit: keyof ChatTimeouts;
  readonly ms: number;
  /** Whether the provider's own timeout, which a person may set, was what ended it. */
  readonly isSet: boolean;
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
