import { expect, it } from 'vitest';
import { writtenEvents, type StreamOwner } from '../../../../src/core/providers/wire/written-events';

const nobody: StreamOwner = {
  isWhole: () => false,
  wholeNow: () => undefined,
  refuseErrors: () => undefined,
  wholeJson: (text) => JSON.parse(text) as { readonly whole: true },
  isEnd: () => false,
  isLast: () => false,
  asEvent: (whole) => whole,
};

async function writtenOf(chunks: readonly string[]): Promise<string> {
  const bytes = chunks.map((text) => new TextEncoder().encode(text));
  let told = '';
  for await (const piece of writtenEvents({ read: () => Promise.resolve(bytes.shift()) }, nobody))
    told += piece;
  return told;
}

it('keeps nothing of the empty lines that a gateway sends while it waits, however many', async () => {
  const blank = '\n'.repeat(16_384);
  const waiting = Array.from({ length: 1500 }, () => blank);
  const started = performance.now();
  expect(await writtenOf([...waiting, '\n\nda', 'ta: {"a":1}\n\n'])).toBe('data: {"a":1}\n\n');
  expect(await writtenOf([...waiting, ' \n{"whole":', 'true}'])).toBe('data: {"whole":true}\n\n');
  // Twenty times as long as it takes; kept, they would be read again with each piece, which takes minutes.
  expect(performance.now() - started).toBeLessThan(10_000);
});
