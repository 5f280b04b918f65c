import { systemClock } from './base/clock';
import { createRedactor } from './base/redactor';
import type { Host, Log } from './host';
import { redactLog, redactProcesses } from './host-redacted';
import { createNodeFiles } from './node-files';
import { createNodeIds } from './node-ids';
import { createNodeLocks } from './node-locks';
import { createNodeProcesses } from './node-processes';
import { createPublicFetch } from './node-public-fetch';
import { sha256 } from './node-sha256';
import { createNodeWorkers, type WorkerScript } from './node-workers';

export interface NodeHostOptions {
  readonly log: Log;
  /** Where the bundled workers lie. Default: beside the running script. */
  readonly workersDirectory?: string;
  /** For tests, which run without a bundle: builds one worker and gives the path of its script. */
  readonly buildWorkersFrom?: (script: WorkerScript) => Promise<string>;
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What Node can lend the core. Every door (editor, command line, tests) builds on it. */
export function createNodeHost(options: NodeHostOptions): Host {
  const redactor = createRedactor();
  // Before anything gets hold of it: what the parts below report may hold a key as well.
  const log = redactLog(options.log, redactor);
  return {
    clock: systemClock,
    ids: createNodeIds(),
    files: createNodeFiles(),
    processes: redactProcesses(createNodeProcesses(log), redactor),
    locks: createNodeLocks({ log }),
    workers: createNodeWorkers({ ...options, log }),
    log,
    redactor,
    platform: process.platform,
    pid: process.pid,
    sha256,
    // Looked up at each call: an editor puts its own, which knows proxies, in place of it.
    fetch: (input, init) => globalThis.fetch(input, init),
    publicFetch: createPublicFetch(),
    env: (name) => process.env[name],
  };
}
