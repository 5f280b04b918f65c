import type { ChatTimeouts } from '../provider';

/** The packages' own timer is never to fire; a longer one fires at once. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Of questions that cost nothing and are answered at once. */
export const checkTimeouts: ChatTimeouts = { firstByte: 10_000, idle: 10_000, total: 15_000 };
