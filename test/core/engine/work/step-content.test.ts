import { describe, expect, it } from 'vitest';
import {
  approvedContent,
  changedShown,
  renderContent,
  shownBefore,
} from '../../../../src/core/engine/work/step-content';
import { step } from '../definitions';

const values = {
  inputs: { who: 'ada', none: null },
  env: {},
  steps: { a: { output: { n: 1 }, status: 'completed' }, skipped: { output: null, status: 'skipped' } },
};

describe('what a step is told', () => {
  it('has every value filled in', () => {
    const declared = step('b', { prompt: 'Hi {{ inputs.who }}', with: { n: '${{ steps.a.output.n }}' } });
    expect(renderContent(declared, values, 'error')).toMatchObject({
      content: { prompt: 'Hi ada', with: { n: 1 } },
      faults: [],
    });
  });

  it('never fills in the text of a shell', () => {
    const text = 'echo "{{ inputs.who }}"';
    expect(renderContent(step('b', { run: text }), values, 'error').content.command).toBe(text);
  });

  it('fills in whole arguments, whatever they hold', () => {
    const declared = step('b', { run: ['echo', '{{ inputs.who }}; rm -rf /'] });
    expect(renderContent(declared, values, 'error').content.command).toEqual(['echo', 'ada; rm -rf /']);
  });

  it('is a fault where a name leads to nothing, empty and noted where something was left out', () => {
    expect(
      renderContent(step('b', { prompt: '{{ steps.a.output.m }}' }), values, 'error').faults,
    ).toHaveLength(1);
    const empty = renderContent(
      step('b', { prompt: '[{{ steps.skipped.output.x }}{{ inputs.none }}]' }),
      values,
      'error',
    );
    expect(empty).toMatchObject({ content: { prompt: '[]' }, faults: [] });
    expect(empty.notes).toHaveLength(2);
  });

  it('shows a name in brackets in a rehearsal', () => {
    const declared = step('b', { prompt: '{{ steps.a.output.m }}' });
    expect(renderContent(declared, values, 'placeholder').content.prompt).toBe('<steps.a.output.m>');
  });
});

describe('what is shown before the work', () => {
  const command = shownBefore({ with: {}, command: 'make' }, { BATON_INPUT_WHO: 'ada' });
  const prompt = shownBefore({ with: { n: 1 }, prompt: 'Look.' }, {});

  it('is exactly what will be done', () => {
    expect(command).toEqual({ artifacts: [], command: 'make', with: { BATON_INPUT_WHO: 'ada' } });
    expect(approvedContent(command)).toEqual({ command: 'make', with: {} });
    expect(approvedContent(prompt)).toEqual({ prompt: 'Look.', with: { n: 1 } });
  });

  it.each([
    [command, 'make better', { command: 'make better' }],
    [command, ['make', 'it'], { command: ['make', 'it'] }],
    [command, { command: 'other' }, { command: 'other' }],
    [prompt, 'Look again.', { prompt: 'Look again.' }],
    [prompt, { n: 2 }, { with: { n: 2 } }],
    [prompt, { prompt: 'P', with: { n: 3 } }, { prompt: 'P', with: { n: 3 } }],
  ])('can be changed %#', (shown, value, expected) => {
    expect(changedShown(shown, value)).toEqual({ ...shown, ...expected });
  });

  it.each([
    [command, 7],
    [command, []],
    [command, [1]],
    [command, { with: { a: 'b' } }],
    [command, { other: 1 }],
    [prompt, ['a', 'list']],
    [prompt, { command: 'rm -rf /' }],
    [prompt, { prompt: 5 }],
    [prompt, { with: 'x' }],
    [prompt, null],
  ])('cannot become something else %#', (shown, value) => {
    expect(changedShown(shown, value)).toBeUndefined();
  });
});
