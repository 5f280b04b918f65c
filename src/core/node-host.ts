import { systemClock } from './base/clock';
import type { Host, Log } from './host';
import { createNodeFiles } from './node-files';
import { createNodeIds } from './node-ids';
import { createNodeLocks } from './node-locks';
import { createNodeProcesses } from './node-processes';
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
  return {
    clock: systemClock,
    ids: createNodeIds(),
    files: createNodeFiles(),
    processes: createNodeProcesses(options.log),
    locks: createNodeLocks({ log: options.log }),
    workers: createNodeWorkers(options),
    log: options.log,
    platform: process.platform,
    pid: process.pid,
    sha256,
    // Looked up at each call: an editor puts its own, which knows proxies, in place of it.
    fetch: (input, init) => globalThis.fetch(input, init),
    env: (name) => process.env[name],
  };
}
