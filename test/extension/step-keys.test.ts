import { describe, expect, it } from 'vitest';
import { stepNames } from '../../src/extension/language/step-keys';

const shown = (text: string) =>
  stepNames(text).map(({ key, start, end, isDefinition }) => {
    expect(text.slice(start, end)).toBe(key);
    return `${isDefinition ? 'def' : 'ref'} ${key}`;
  });

describe('the names of steps in a text', () => {
  it('are found where they are given, waited for and mentioned', () => {
    const text = [
      'steps:',
      '  - key: build-api',
      '  - key: "ship"',
      '    dependsOn: [build-api]',
      "    if: ${{ steps.build-api.status == 'completed' && steps['build-api'].output.ok }}",
      '    prompt: "{{ steps.build-api.output }}"',
    ].join('\n');
    expect(shown(text)).toEqual([
      'def build-api',
      'def ship',
      'ref build-api',
      'ref build-api',
      'ref build-api',
      'ref build-api',
    ]);
  });

  it('are found in phases and in JSON', () => {
    expect(shown('phases:\n  - id: plan\n  - id: do\n    dependencies:\n      - plan\n')).toEqual([
      'def plan',
      'def do',
      'ref plan',
    ]);
    expect(shown('{"steps": [{"key": "a"}, {"key": "b", "dependsOn": ["a"]}]}')).toEqual([
      'def a',
      'def b',
      'ref a',
    ]);
  });

  it('are found as far as a broken text can be read', () => {
    expect(shown('steps:\n  - key: a\n  - key: b\n    dependsOn: [a')).toEqual(['def a', 'def b', 'ref a']);
    expect(stepNames('- just\n- a list')).toEqual([]);
  });
});
