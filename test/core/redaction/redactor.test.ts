import { gzipSync } from 'node:zlib';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, placeholderFor } from '../../../src/core/base/redactor';
import { BatonError } from '../../../src/core/model/errors';
import { encodings, ENCODED, madeUpSecret, traces } from './encodings';
import { processorTime } from '../../support/processor-time';

const kinds = ['claude', 'openai', 'google', 'cloud', 'odd', ''];

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const seed = Date.now() % 1_000_000;
const secretOf = (kind: string) => madeUpSecret(kind, random(seed + kind.length));

describe('a redactor', () => {
  it.each(kinds)(`finds a value (%s) in nine encodings inside of a longer text (seed ${seed})`, (kind) => {
    const secret = secretOf(kind);
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    expect(encodings).toHaveLength(9);
    for (const form of encodings) {
      const text = `before ${ENCODED[form](secret).toString('latin1')} after`;
      const clean = redactor.text(text);
      for (const trace of traces(secret))
        expect(Buffer.from(clean, 'latin1').includes(trace.bytes), `${form}, looked for ${trace.form}`).toBe(
          false,
        );
      expect(clean).toMatch(/^before .*\[(\0?h\0?i\0?d\0?d\0?e\0?n\0?:).* after$/s);
    }
  });

  it('finds a value in base64 wherever it begins, and where a tool wrapped the lines', () => {
    const secret = secretOf('claude');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    for (let before = 0; before < 80; before++) {
      const whole = Buffer.from(`${'x'.repeat(before)}${secret} and more of it`).toString('base64');
      const wrapped = whole.replace(/.{76}/g, '$&\n');
      for (const text of [whole, wrapped, wrapped.replaceAll('\n', '\r\n'), JSON.stringify(wrapped)]) {
        const left = redactor
          .text(text)
          .replaceAll('[hidden: TEST_KEY]', '')
          .replace(/\\[nr]|\s/g, '');
        for (const trace of traces(secret)) expect(left.includes(trace.bytes.toString('latin1'))).toBe(false);
        expect(redactor.text(text)).toContain('[hidden: TEST_KEY]');
      }
    }
  });

  it('finds a value in hex with blanks, colons and capitals', () => {
    const secret = secretOf('cloud');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    const pairs = [...Buffer.from(secret)].map((byte) => byte.toString(16).padStart(2, '0'));
    for (const text of [
      pairs.join(':').toUpperCase(),
      pairs.join(' '),
      pairs.map((pair) => `\\x${pair}`).join(''),
    ])
      expect(redactor.text(`(${text})`)).toMatch(/^\((\\x)?\[hidden: TEST_KEY\]\)$/);
  });

  it('finds values of any signs in any encoding, and leaves their canary alone', () => {
    fc.assert(
      fc.property(
        fc
          .string({ minLength: 8, maxLength: 60, unit: 'grapheme' })
          .filter((text) => text.trim().length >= 8),
        fc.constantFrom(...encodings),
        fc.string({ maxLength: 30 }),
        (secret, form, around) => {
          const redactor = createRedactor();
          redactor.add(secret, 'K');
          const data = Buffer.concat([
            Buffer.from(around),
            ENCODED[form](secret),
            Buffer.from(' canary bird'),
          ]);
          const clean = Buffer.from(redactor.bytes(data));
          for (const trace of traces(secret)) expect(clean.includes(trace.bytes), trace.form).toBe(false);
          if (!'canary bird'.includes(secret)) expect(clean.includes('canary bird')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives the same for a text in pieces as for the whole of it, however it is cut', () => {
    const secrets = kinds.map(secretOf);
    const redactor = createRedactor();
    secrets.forEach((secret, at) => redactor.add(secret, `KEY_${at}`));
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(' ', '"', '[hidden: KEY_1]', '[hidden: '),
      fc
        .tuple(fc.constantFrom(...secrets), fc.constantFrom(...encodings))
        .map(([secret, form]) => ENCODED[form](secret).toString('latin1')),
      fc.constantFrom(...secrets).map((secret) => secret.slice(0, 20)),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (pieces, cuts) => {
          const text = pieces.join('');
          const stream = redactor.stream();
          let told = '';
          let at = 0;
          for (const cut of cuts) {
            told += stream.push(text.slice(at, at + cut));
            at += cut;
          }
          told += stream.push(text.slice(at)) + stream.end();
          expect(told).toBe(redactor.text(text));
          expect(redactor.text(told)).toBe(told);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells one sign after the other, never a part of a value', () => {
    const secret = secretOf('openai');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    const stream = redactor.stream();
    const told = [...`a ${secret} b\n`].map((sign) => stream.push(sign));
    expect(told.join('') + stream.end()).toBe('a [hidden: TEST_KEY] b\n');
  });

  it('holds nothing back at the end of a line', () => {
    const secret = secretOf('openai');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    const stream = redactor.stream();
    for (const line of ['tests\n', 'Buildings\n', `${secret.slice(0, 5)}\n`, '12 a4 5f\n'])
      expect(stream.push(line)).toBe(line);
  });

  it('hides a value that becomes known while a stream is under way', () => {
    const secret = secretOf('google');
    const redactor = createRedactor();
    const stream = redactor.stream();
    expect(stream.push('begin ')).toBe('begin ');
    redactor.add(secret, 'LATE');
    expect(stream.push(`${secret} end`) + stream.end()).toBe('[hidden: LATE] end');
  });

  it('keeps JSON whole: keys, values, numbers, and values without quotes', () => {
    const redactor = createRedactor();
    redactor.add('12345678', 'PIN');
    const odd = secretOf('odd');
    redactor.add(odd, 'ODD');
    const value = { [odd]: [odd, 1, { pin: 12345678, [`x${odd}`]: null }], __proto__: null, [`${odd} 2`]: 0 };
    const clean = redactor.json(value);
    expect(JSON.parse(JSON.stringify(clean))).toEqual({
      '[hidden: ODD]': ['[hidden: ODD]', 1, { pin: '[hidden: PIN]', 'x[hidden: ODD]': null }],
      '[hidden: ODD] 2': 0,
    });
    expect(JSON.parse(redactor.document('{"pin":12345678,"ok":[1,2]}'))).toEqual({
      pin: '[hidden: PIN]',
      ok: [1, 2],
    });
    const same = { a: [1, { b: 'c' }] };
    expect(redactor.json(same)).toBe(same);
    const own = JSON.parse('{"__proto__": 1, "b": "12345678"}') as object;
    expect(Object.keys(redactor.json(own))).toEqual(['__proto__', 'b']);
  });

  it('takes the longer of two values that overlap, and hides both', () => {
    const redactor = createRedactor();
    redactor.add('abcdefgh', 'SHORT');
    redactor.add('abcdefghijklmnop', 'LONG');
    redactor.add('mnopqrstuvwx', 'OTHER');
    expect(redactor.text('abcdefgh abcdefghijklmnop abcdefghijklmnopqrstuvwx')).toBe(
      '[hidden: SHORT] [hidden: LONG] [hidden: LONG]',
    );
  });

  it('never hides a part of a placeholder, also when a value is a word of it', () => {
    const redactor = createRedactor();
    redactor.add('hidden', 'hidden');
    redactor.add('MY_TOKEN', 'MY_TOKEN');
    const once = redactor.text('MY_TOKEN is hidden');
    expect(once).toBe('[hidden: MY_TOKEN] is [hidden: hidden]');
    expect(redactor.text(once)).toBe(once);
    expect(placeholderFor('a "b"\\\n')).toBe('[hidden: a__b___]');
  });

  it('says when a value is too short to be hidden, and then hides nothing', () => {
    const redactor = createRedactor();
    expect(redactor.add('abcde', 'SHORT')).toBe(false);
    expect(redactor.add('  ab  \n', 'SHORT')).toBe(false);
    expect(redactor.add('abcdef', 'LONG')).toBe(true);
    expect(redactor.text('abcde abcdef')).toBe('abcde [hidden: LONG]');
  });

  it('hides the lines of a key of many lines, and not its head', () => {
    const redactor = createRedactor();
    const lines = [secretOf('a'), secretOf('bb'), secretOf('ccc')];
    redactor.add(['-----BEGIN KEY-----', ...lines, '-----END KEY-----', ''].join('\n'), 'PEM');
    expect(redactor.text(`> ${lines[1] ?? ''}\n-----BEGIN KEY-----`)).toBe(
      '> [hidden: PEM]\n-----BEGIN KEY-----',
    );
  });

  it('hides the beginning of a value that was cut off with dots', () => {
    const secret = secretOf('claude');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    const base64 = Buffer.from(secret).toString('base64');
    for (const cut of [secret.slice(0, 20), base64.slice(0, 20), secret.slice(0, -1)]) {
      expect(redactor.text(`No: ${cut}… (401)`)).toBe('No: [hidden]… (401)');
      expect(redactor.text(`No: ${cut}...`)).toBe('No: [hidden]...');
      expect(redactor.text(redactor.text(`No: ${cut}...`))).toBe('No: [hidden]...');
    }
    expect(redactor.text(`Keys begin with ${secret.slice(0, 7)}…`)).toBe(
      `Keys begin with ${secret.slice(0, 7)}…`,
    );
    expect(redactor.text(`${secret}...`)).toBe('[hidden: TEST_KEY]...');
  });

  it('finds UTF-16 of other scripts in files that could be UTF-8', () => {
    const secret = 'అఆ      !';
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    const bytes = Buffer.from(secret, 'utf16le');
    const clean = Buffer.from(redactor.bytes(Buffer.concat([Buffer.from('a '), bytes])));
    expect(clean.includes(bytes.subarray(0, -1))).toBe(false);
  });

  it('overwrites bytes in files that are no text, and moves nothing in them', () => {
    const secret = 'schlüssel-für-den-test';
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    for (const hidden of [Buffer.from(secret), Buffer.from(secret, 'utf16le')]) {
      const data = Buffer.concat([Buffer.from([0xff, 0xfe, 0x80, 0]), hidden, Buffer.from([0x80, 1, 2])]);
      const clean = Buffer.from(redactor.bytes(data));
      expect(clean.length).toBe(data.length);
      expect(clean.includes(hidden)).toBe(false);
      expect(clean.subarray(0, 4)).toEqual(data.subarray(0, 4));
      expect(clean.subarray(-2)).toEqual(data.subarray(-2));
    }
    const innocent = gzipSync('nothing to hide');
    expect(redactor.bytes(innocent)).toBe(innocent);
  });

  it('cleans an error with its causes, and leaves what clients hang on it behind', () => {
    const secret = secretOf('openai');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    const cause = Object.assign(new TypeError(`bad key ${secret}`), {
      status: 401,
      request: new (class Request {
        headers = { authorization: `Bearer ${secret}` };
      })(),
    });
    const clean = redactor.error(new BatonError('auth', `No: ${secret}`, { cause, retryable: true }));
    expect(clean).toBeInstanceOf(BatonError);
    expect(clean).toMatchObject({ code: 'auth', retryable: true, message: 'No: [hidden: TEST_KEY]' });
    expect(clean.cause).toBeInstanceOf(TypeError);
    expect(clean.cause).toMatchObject({ status: 401 });
    expect(inspect(clean, { depth: Infinity, showHidden: true })).not.toContain(secret);
  });

  it('shows its values to nobody who prints it', () => {
    const secret = secretOf('claude');
    const redactor = createRedactor();
    redactor.add(secret, 'TEST_KEY');
    redactor.text(`warm ${secret}`);
    const printed = inspect([redactor, redactor.stream()], {
      depth: Infinity,
      showHidden: true,
      maxStringLength: null,
    });
    expect(printed).not.toContain(secret);
    expect(JSON.stringify(redactor)).not.toContain(secret);
  });

  it('reads a megabyte with twenty values in well under a second', () => {
    const redactor = createRedactor();
    const next = random(seed);
    for (let at = 0; at < 20; at++)
      redactor.add(madeUpSecret(kinds[at % kinds.length] ?? '', next), `KEY_${at}`);
    const line = 'The quick brown fox jumps over the lazy dog; see src/core/base/redactor.ts:120:7.\n';
    const text = line.repeat(Math.ceil(2 ** 20 / line.length));
    redactor.text('warm');
    // The best of five: what the garbage of other tests costs is not what is measured.
    const times = Array.from({ length: 5 }, () =>
      processorTime(() => expect(redactor.text(text)).toBe(text)),
    );
    expect(Math.min(...times)).toBeLessThan(500);
  });
});
