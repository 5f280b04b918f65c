import { expect, it } from 'vitest';
import { uncertainLine, uncertainOf } from '../../../src/core/model/uncertain-words';
import { approvalOf } from '../../webview/samples';
import { editCall, uncertainGate } from '../../webview/agent-samples';

const step = approvalOf('publish', { kind: 'uncertain' });
const call = uncertainGate(editCall());

it.each([
  [[call], '1 call may have happened'],
  [[call, call], '2 calls may have happened'],
  [[step], '1 step may have happened'],
  [[step, call], '2 things may have happened'],
])('says how much may have happened, and what (%#)', (open, line) => {
  expect(uncertainLine(open)).toBe(line);
});

it('asks about nothing else that is open', () => {
  expect(uncertainOf({ one: call, other: approvalOf('lint'), third: step })).toEqual([call, step]);
});
