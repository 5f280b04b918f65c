import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision } from '../../src/core/model/approval';
import { callAnswers, grantedBy } from '../../src/core/model/policy-answer';
import type { AskedCall, PolicyAnswer } from '../../src/core/model/tool-call';
import {
  allChosen,
  countAccepted,
  filesOf,
  isLeft,
  isRefused,
  offersForRun,
  policyAnswer,
  withCall,
  withFile,
  type Choices,
} from '../../webview/tools/choices';
import { commandCall, editCall, patchCall, policyGate } from './agent-samples';

const calls: readonly AskedCall[] = [editCall(), patchCall(), commandCall()];
const decided = (value: PolicyAnswer | undefined): Decision => ({
  action: 'approve',
  shownHash: '',
  ...(value !== undefined && { value: { ...value } }),
});

test('with nothing left out the answer is a plain yes', () => {
  expect(policyAnswer(allChosen, calls, false)).toBeUndefined();
  expect(policyAnswer(allChosen, calls, true)).toEqual({ forRun: true });
});

test('a call whose last file is refused is refused, and comes back with one file', () => {
  const call = patchCall();
  const files = filesOf(call);
  const none = files.reduce<Choices>((choices, path) => withFile(choices, call, path, false), allChosen);
  expect(isRefused(none, call)).toBe(true);
  const [first = ''] = files;
  const one = withFile(none, call, first, true);
  expect(isRefused(one, call)).toBe(false);
  expect(files.filter((path) => !isLeft(one, call, path))).toEqual([first]);
});

test('what is offered for the run are the calls that are accepted whole', () => {
  expect(offersForRun(allChosen, calls)).toHaveLength(2);
  expect(offersForRun(withCall(allChosen, editCall(), false), calls)).toEqual([commandCall().forRun?.says]);
});

test('whatever is clicked, exactly what is seen as accepted is allowed, and nothing else', () => {
  const click = fc.oneof(
    fc.record({ call: fc.constantFrom(...calls), accepts: fc.boolean() }),
    fc.record({
      call: fc.constant(patchCall()),
      path: fc.constantFrom(...filesOf(patchCall())),
      accepts: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(fc.array(click, { maxLength: 12 }), fc.boolean(), (clicks, forRun) => {
      const choices = clicks.reduce<Choices>(
        (before, one) =>
          'path' in one
            ? withFile(before, one.call, one.path, one.accepts)
            : withCall(before, one.call, one.accepts),
        allChosen,
      );
      const { accepted } = countAccepted(choices, calls);
      // Then there is nothing to allow with.
      if (accepted === 0) return;
      const gate = policyGate(calls);
      const decision = decided(policyAnswer(choices, calls, forRun));
      const answers = callAnswers(gate, decision);
      for (const call of calls) {
        const answer = answers.get(call.key);
        expect(answer?.type).toBe(isRefused(choices, call) ? 'refuse' : 'allow');
        if (answer?.type === 'allow')
          expect(answer.without).toEqual(filesOf(call).filter((path) => isLeft(choices, call, path)));
      }
      const says = offersForRun(choices, calls);
      const granted = grantedBy(gate, decision);
      expect(granted).toHaveLength(forRun ? says.length : 0);
    }),
    { numRuns: 300 },
  );
});
