import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../src/core/model/events';
import { sha256 } from '../../../src/core/node-sha256';
import { decodeLine, encodeLine, recordEncoder } from '../../../src/core/storage/record';

const hash = (data: Uint8Array | string) => sha256(data);

describe('a record', () => {
  it('is put together from its parts byte for byte as it is written whole, and can be read back', () => {
    fc.assert(
      fc.property(
        fc.record({ store: fc.string(), run: fc.string(), epoch: fc.nat(), at: fc.maxSafeNat() }),
        fc.boolean(),
        fc.maxSafeNat(),
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => !/^(__proto__|type|at|rehearsal|\d+)$/.test(name)),
          fc.jsonValue(),
        ),
        (frame, rehearsal, seq, fields) => {
          const body = { type: 'message-sent', ...fields } as unknown as RunEventBody;
          const { store, run, epoch, at } = frame;
          const prev = sha256(run);
          const made = recordEncoder(hash, { ...frame, rehearsal })(seq, prev, body);
          const event = { at, ...(rehearsal && { rehearsal: true as const }), ...body };
          const whole = encodeLine(hash, { v: 1, store, run, seq, epoch, prev, event });
          expect(made).toEqual(whole);
          const read = decodeLine(hash, new TextEncoder().encode(made.line.slice(0, -1)));
          expect(read).toMatchObject({ kind: 'record', hash: made.hash });
        },
      ),
    );
  });
});
