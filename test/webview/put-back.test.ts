import { expect, it } from 'vitest';
import type { FileChange, ToolCall } from '../../src/core/model/tool-call';
import { putBack } from '../../webview/changes/put-back';

const change = (path: string): FileChange => ({
  path,
  after: { hash: 'a', path, mediaType: 'text/plain', size: 1 },
});
const call = (...paths: readonly string[]): ToolCall => ({
  step: 'mend',
  attempt: 1,
  call: 1,
  key: 'k',
  agent: 'backend',
  tool: 'apply_patch',
  arguments: {},
  permit: { rule: 'writes', why: 'Inside of what the step writes.' },
  status: 'done',
  changes: paths.map(change),
  startedAt: 0,
});

it('names each file once that was changed and is as before', () => {
  const calls = [call('a', 'b'), call('b', 'c'), call()];
  expect(putBack(calls, [change('a')])).toEqual(['b', 'c']);
  expect(putBack(calls, ['a', 'b', 'c'].map(change))).toEqual([]);
  expect(putBack([], [])).toEqual([]);
});
