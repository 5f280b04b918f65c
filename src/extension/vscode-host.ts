import { userInfo } from 'node:os';
import type * as vscode from 'vscode';
import type { Host } from '../core/host';
import type { Decider } from '../core/model/approval';
import { createNodeHost } from '../core/node-host';

/** What Node lends the core, with the editor's log channel. */
export function createVscodeHost(channel: vscode.LogOutputChannel): Host {
  return createNodeHost({
    log: {
      debug: (message) => channel.debug(message),
      info: (message) => channel.info(message),
      warn: (message) => channel.warn(message),
      error: (message, error) =>
        error === undefined ? channel.error(message) : channel.error(message, error),
    },
  });
}

/** Who decides in this window: the user of the operating system, never a name inside a message. */
export function person(): Decider {
  return { name: userName(), channel: 'editor' };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the system's list, as in some containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
