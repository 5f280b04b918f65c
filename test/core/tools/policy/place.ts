import type { Effect } from '../../../../src/core/tools/effect';
import type { JudgeContext } from '../../../../src/core/tools/policy/judge';
import { noRules } from '../../../../src/core/tools/policy/rules';
import { untainted } from '../../../../src/core/tools/policy/taint';

/** A step of an agent with all rights, in a workspace at /ws, with no rules. */
export function context(more: Partial<JudgeContext> = {}): JudgeContext {
  return {
    agent: 'backend',
    tool: 'write_file',
    workspace: '/ws',
    platform: 'linux',
    rules: noRules,
    // All, so that policy alone decides.
    rights: {},
    taint: untainted,
    allowances: [],
    ...more,
  };
}

export const write = (path: string): Effect => ({ type: 'write', path: `/ws/${path}`, relative: path });
export const read = (path: string): Effect => ({ type: 'read', path: `/ws/${path}` });
export const shell = (command: string | readonly string[], cwd = '/ws'): Effect => ({
  type: 'shell',
  command,
  cwd,
});
export const fetchOf = (url: string): Effect => ({ type: 'network', purpose: 'fetch', method: 'GET', url });
