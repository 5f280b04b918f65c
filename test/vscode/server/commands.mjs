import { execFile } from 'node:child_process';

/**
 * What `command --version` prints, or undefined where it does not run.
 *
 * @param {string} command @returns {Promise<string | undefined>}
 */
export function versionOf(command) {
  return new Promise((resolve) => {
    execFile(
      command,
      ['--version'],
      { timeout: 15_000, shell: process.platform === 'win32' },
      (error, stdout) => resolve(error ? undefined : stdout.trim()),
    );
  });
}

/**
 * The first command that runs and whose version is accepted.
 *
 * @param {string[]} commands @param {(version: string) => boolean} [accept]
 * @returns {Promise<string | undefined>}
 */
export async function firstThatRuns(commands, accept = () => true) {
  for (const command of commands) {
    const version = await versionOf(command);
    if (version !== undefined && accept(version)) return command;
  }
  return undefined;
}
