import { describe, expect, it } from 'vitest';
import { effectiveExpiry, effectiveMode, ignoredWishes } from '../../../../src/core/engine/gates/modes';
import type { ApprovalMode } from '../../../../src/core/model/workflow';
import { gate, step, workflow } from '../definitions';

describe('how gates are answered', () => {
  const modes: readonly ApprovalMode[] = ['auto', 'batch', 'interactive'];

  it('is the stricter of what the person chose and what the file says', () => {
    for (const chosen of modes)
      for (const wished of modes) {
        const definition = workflow([step('a')], { approvals: wished });
        const effective = effectiveMode({ mode: chosen, rehearsal: false, definition });
        expect(modes.indexOf(effective)).toBe(Math.max(modes.indexOf(chosen), modes.indexOf(wished)));
        expect(ignoredWishes(definition, chosen).length > 0).toBe(
          modes.indexOf(wished) < modes.indexOf(chosen),
        );
      }
  });

  it('lets a clock approve only for a person who chose auto, and says so', () => {
    expect(effectiveExpiry('auto', 'approve')).toBe('approve');
    expect(effectiveExpiry('interactive', 'approve')).toBe('pause');
    expect(effectiveExpiry('interactive', 'skip')).toBe('skip');
    const definition = workflow([step('a', { approval: gate({ onExpire: 'approve' }) })]);
    expect(ignoredWishes(definition, 'interactive')).toEqual([
      expect.stringContaining('a: onExpire: approve'),
    ]);
    expect(ignoredWishes(definition, 'auto')).toEqual([]);
  });
});
