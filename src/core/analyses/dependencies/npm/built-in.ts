/** Modules that Node brings along. */
const names =
  'assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib';

const builtIn: ReadonlySet<string> = new Set(names.split(' '));

/** Modules that a host lends to what runs in it, by the engine or package that stands for the host. */
const lent: Readonly<Record<string, readonly string[]>> = {
  vscode: ['vscode'],
  electron: ['electron'],
  bun: ['bun'],
};

export const isBuiltIn = (name: string): boolean =>
  builtIn.has(name) || name === 'bun' || name.startsWith('_http_');

export const isLent = (name: string, engines: readonly string[]): boolean =>
  engines.some((engine) => lent[engine]?.includes(name) ?? false);
