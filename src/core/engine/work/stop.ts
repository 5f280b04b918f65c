import { CancelledError } from '../../base/abort';

/** From TERM to KILL of a process group. Milliseconds. */
const CANCEL_GRACE_MS = 300;
const TIMEOUT_GRACE_MS = 2_000;

/** Why an attempt is being stopped, as the reason of its abort signal. */
export class Stop extends CancelledError {
  constructor(
    readonly kind: 'timeout' | 'cancel' | 'close' | 'pause',
    message: string,
  ) {
    super(message);
  }

  get graceMs(): number {
    return this.kind === 'timeout' ? TIMEOUT_GRACE_MS : CANCEL_GRACE_MS;
  }
}

export function stopOf(signal: AbortSignal): Stop {
  return signal.reason instanceof Stop ? signal.reason : new Stop('cancel', 'Cancelled.');
}
