/*
 * owns: that nothing which a host writes down or hears from a program carries a secret: its log, what commands print.
 * does not own: which values are secret (redactor).
 * must stay true: what a command printed is clean before anybody cuts, parses or keeps it: half a secret would not be found any more.
 */
import { createRedactor, type Redactor } from './base/redactor';
import type { CommandRequest, CommandResult, Host, HostProcesses, Log } from './host';

/** The host with a redactor of its own, if it has none yet. */
export function withRedactor(host: Host): Host & { readonly redactor: Redactor } {
  return hasRedactor(host) ? host : redactHost(host, createRedactor());
}

function hasRedactor(host: Host): host is Host & { readonly redactor: Redactor } {
  return host.redactor !== undefined;
}

export function redactHost(host: Host, redactor: Redactor): Host & { readonly redactor: Redactor } {
  // Named one by one: a host may be an object of a class, whose methods no spread copies.
  return {
    clock: host.clock,
    ids: host.ids,
    files: host.files,
    locks: host.locks,
    workers: host.workers,
    platform: host.platform,
    pid: host.pid,
    sha256: (data) => host.sha256(data),
    fetch: (input, init) => host.fetch(input, init),
    publicFetch: (request) => host.publicFetch(request),
    env: (name) => host.env(name),
    redactor,
    log: redactLog(host.log, redactor),
    processes: redactProcesses(host.processes, redactor),
  };
}

export function redactLog(log: Log, redactor: Redactor): Log {
  return {
    debug: (message) => log.debug(redactor.text(message)),
    info: (message) => log.info(redactor.text(message)),
    warn: (message) => log.warn(redactor.text(message)),
    error: (message, error) => {
      if (error === undefined) log.error(redactor.text(message));
      else log.error(redactor.text(message), redactor.error(error));
    },
  };
}

/** Longer than this, an output may have lost its beginning. */
const MAY_BE_CUT = 250_000;

export function redactProcesses(processes: HostProcesses, redactor: Redactor): HostProcesses {
  return {
    endGroup: (group) => processes.endGroup(group),
    talk: (request) => {
      // What it says on standard output has a form, which whoever speaks with it cleans with its meaning.
      const told = redactor.stream();
      const tell = (text: string) => {
        if (text !== '') request.onOutput('stderr', text);
      };
      return processes.talk({
        ...request,
        onOutput: (stream, text) =>
          stream === 'stdout' ? request.onOutput(stream, text) : tell(told.push(text)),
        onEnd: (end) => {
          tell(told.end());
          request.onEnd(end);
        },
      });
    },
    run: async (request) => {
      const told = { stdout: redactor.stream(), stderr: redactor.stream() };
      const onOutput: CommandRequest['onOutput'] = (stream, text) => {
        const clean = told[stream].push(text);
        if (clean !== '') request.onOutput(stream, clean);
      };
      try {
        return cleanResult(await processes.run({ ...request, onOutput }), redactor);
      } catch (error) {
        throw redactor.error(error);
      } finally {
        for (const stream of ['stdout', 'stderr'] as const) {
          const rest = told[stream].end();
          try {
            if (rest !== '') request.onOutput(stream, rest);
          } catch {
            // A listener that throws is told by whoever ran the command; the result does not depend on it.
          }
        }
      }
    },
  };
}

function cleanResult(result: CommandResult, redactor: Redactor): CommandResult {
  const clean = (text: string) =>
    result.truncated && text.length > MAY_BE_CUT
      ? redactor.text(redactor.tail(text))
      : redactor.document(text);
  const { leftRunning } = result;
  return {
    ...result,
    stdout: clean(result.stdout),
    stderr: clean(result.stderr),
    ...(leftRunning !== undefined && { leftRunning: leftRunning.map((name) => redactor.text(name)) }),
  };
}
