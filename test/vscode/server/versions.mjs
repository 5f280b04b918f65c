// The one place that pins what the tests fetch besides Baton's own packages.
export const versions = {
  /** VS Code 1.139.1 as a server, packed for npm. */
  server: 'code-server@4.139.1',
  /** The Node that this server wants; npm has it as a package for Linux. */
  node: { major: 24, package: `node-linux-${process.arch}@24.9.0` },
  /** A browser for Linux machines that have none. */
  browser: '@sparticuz/chromium@153.0.0',
};
