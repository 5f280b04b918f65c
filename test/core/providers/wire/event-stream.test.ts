import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventReader, type WireEvent } from '../../../../src/core/providers/wire/event-stream';

const stream = [
  ': a comment',
  'event: first',
  'data: {"at":1}',
  '',
  'data: {"lines":',
  'data:2}',
  'id: 7',
  '',
  '',
  'data: {"text":"a\u2028b"}',
  '',
  'data: [DONE]',
  '',
  'data: {"without":"an end"}',
].join('\n');

function readIn(pieces: readonly string[]): WireEvent[] {
  const reader = new EventReader();
  return [...pieces.flatMap((piece) => [...reader.take(piece)]), ...reader.end()];
}

function cut(text: string, places: readonly number[]): string[] {
  const inOrder = [0, ...[...places].sort((a, b) => a - b), text.length];
  return inOrder.slice(1).map((place, at) => text.slice(inOrder[at], place));
}

describe('the reader of event streams', () => {
  it('gives the events of a stream with their names and data', () => {
    expect(readIn([stream]).map(({ name, data }) => [name, data])).toEqual([
      ['first', { at: 1 }],
      ['', { lines: 2 }],
      ['', { text: 'a\u2028b' }],
      ['', undefined],
      ['', { without: 'an end' }],
    ]);
  });

  it('gives the same events however the stream is cut and whichever ends its lines have', () => {
    const whole = readIn([stream]);
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(stream.length + 20), { maxLength: 12 }),
        (end, places) => {
          const text = stream.replaceAll('\n', end);
          expect(
            readIn(
              cut(
                text,
                places.map((place) => Math.min(place, text.length)),
              ),
            ),
          ).toEqual(whole);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives what came before a fault in the same piece', () => {
    const events = new EventReader().take('data: {"at":1}\n\ndata: {"at":\n\n');
    expect(events.next().value?.data).toEqual({ at: 1 });
    expect(() => events.next()).toThrow('incomplete');
  });
});
