import type { Event } from '../core/base/emitter';
import type { Host } from '../core/host';
import { BatonError } from '../core/model/errors';
import type { RunId } from '../core/model/ids';
import type { Access, Runtime } from '../core/runtime-port';
import type { Terminal } from './terminal';
import type { ExitCode } from './exit-code';

/** What every command works with. */
export interface Context {
  readonly host: Host;
  readonly terminal: Terminal;
  /** Absolute. */
  readonly workspace: string;
  /** Where relative paths on the command line begin. Absolute. */
  readonly cwd: string;
  readonly json: boolean;
  /** A command line that people can paste to reach the same runs; the words are what follows "baton". */
  readonly baton: (words: string) => string;
  /** The account's name: who decides. */
  readonly user: string;
  /** Opens the folder's runs; they are closed when the command ends. */
  readonly open: (access: Access) => Promise<Runtime>;
  /** Ctrl-C: the person wants the run to stop. */
  readonly onInterrupt: Event<string>;
  /** SIGTERM, SIGHUP: the process has to go, the run stays. */
  readonly onTerminate: Event<string>;
}

/** A request that is turned down: the process says why and exits with this code. */
export class Refused extends BatonError {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super('refused', message);
  }
}

/**
 * Only a person's channel decides: a process that a step started may not rule the run that started it.
 * Every such process has the step's mark in its environment.
 */
export function refuseFromInside(host: Host, runId: RunId, doing: string): void {
  const mark = host.env('BATON_STEP');
  if (mark === undefined || mark.split('/')[0] !== runId) return;
  throw new Refused(
    1,
    `This was started by a step of run ${runId}, and a step may not ${doing} its own run. Ask a person.`,
  );
}

/** A path as given on the command line, absolute. */
export function resolveFrom(context: Context, file: string): string {
  return isAbsolute(file) ? file : context.host.files.join(context.cwd, file);
}

function isAbsolute(file: string): boolean {
  return file.startsWith('/') || /^[A-Za-z]:[\\/]|^\\\\/.test(file);
}
