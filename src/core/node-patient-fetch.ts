/** Where Node keeps what sends the requests of its fetch; there once that was loaded. */
const SENDER = Symbol.for('undici.globalDispatcher.1');

type Patience = new (limits: { readonly headersTimeout: number; readonly bodyTimeout: number }) => object;

/**
 * Node's fetch without its own five minutes until a response begins and between two of its bytes: a server on one's own machine may
 * load a model and read a long prompt for longer, and the person's own timeout says how long is too long. The caller's signal ends a
 * request as always. Where Node does not say what sends its requests, it is its fetch as it is.
 */
export function createPatientFetch(): typeof globalThis.fetch {
  let sender: object | undefined;
  return (input, init) => {
    sender ??= patientSender();
    // Node's own name for it, which the standard's type does not know.
    const patient: object = sender === undefined ? {} : { dispatcher: sender };
    return globalThis.fetch(input, { ...init, ...patient });
  };
}

/** One of the same kind as Node's, so that what was set up there (a proxy) holds here as well. */
function patientSender(): object | undefined {
  // Asks nobody: it only makes Node load what it loads with the first request.
  if (senderNow() === undefined) void globalThis.fetch('data:,').catch(() => undefined);
  const kind = senderNow()?.constructor as Patience | undefined;
  try {
    return kind && new kind({ headersTimeout: 0, bodyTimeout: 0 });
  } catch {
    return undefined;
  }
}

function senderNow(): object | undefined {
  return (globalThis as { readonly [SENDER]?: object })[SENDER];
}
