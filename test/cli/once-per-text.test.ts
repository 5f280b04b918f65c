import { expect, it } from 'vitest';
import { oncePerText } from '../../src/cli/once-per-text';

it('says each text one time, in the order in which they came', () => {
  const told: string[] = [];
  const tell = oncePerText((text) => told.push(text));
  for (const text of ['a', 'b', 'a', 'c', 'b']) tell(text);
  expect(told).toEqual(['a', 'b', 'c']);
});
