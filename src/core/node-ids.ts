import { randomBytes } from 'node:crypto';
import type { Ids } from './host';

// Crockford's alphabet: no letters that are mistaken for digits, and its order is the order of the bytes.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_LENGTH = 9;
const RANDOM_LENGTH = 7;

/** Ids of 16 characters: 9 of time (milliseconds, enough until the year 3084), 7 of chance, counted up within one millisecond. */
export function createNodeIds(now: () => number = Date.now): Ids {
  let lastTime = 0;
  let chance: number[] = [];
  return {
    next() {
      const time = now();
      if (time > lastTime) {
        lastTime = time;
        chance = Array.from(randomBytes(RANDOM_LENGTH), (byte) => byte % 32);
      } else if (!countUp(chance)) {
        // The clock stands or went back and the counter is full: borrow the next millisecond, so that order holds.
        lastTime += 1;
      }
      return encodeTime(lastTime) + chance.map((digit) => ALPHABET[digit]).join('');
    },
    random: () => Math.random(),
    secret: () => randomBytes(32).toString('hex'),
  };
}

/** False when it ran over and begins at zero again. */
function countUp(digits: number[]): boolean {
  for (let index = digits.length - 1; index >= 0; index -= 1) {
    const digit = digits[index] ?? 0;
    if (digit < 31) {
      digits[index] = digit + 1;
      return true;
    }
    digits[index] = 0;
  }
  return false;
}

function encodeTime(time: number): string {
  let text = '';
  for (let rest = time, index = 0; index < TIME_LENGTH; index += 1) {
    text = `${ALPHABET[rest % 32] ?? ''}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}
