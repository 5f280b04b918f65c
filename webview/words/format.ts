import { formatDuration } from '../../src/core/base/duration';
import type { JsonValue } from '../../src/core/base/json';

/** A time that still counts, in whole units so that it does not flicker: "14 s", "3 m 04 s", "2 h 05 m". */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** How long something waits, as coarse as people say it: "12 s", "2 m", "3 h", "4 d". */
export function formatWaiting(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** An estimate, rounded as the estimate deserves: "~40 s left", "~3 m left". */
export function formatRemaining(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `~${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 90) return `~${Math.round(seconds / 5) * 5} s left`;
  if (seconds < 5_400) return `~${Math.round(seconds / 60)} m left`;
  return `~${Math.round(seconds / 3_600)} h left`;
}

/** Local time of day, "14:02"; with the day when it is not today, "12 Nov 14:02". */
export function formatTime(at: number, now: number): string {
  const date = new Date(at);
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''} ${time}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "812 B", "12 kB", "3.4 MB". */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** "1 step", "3 steps". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The last part of a path: "report.md" of "reports/report.md". */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** With a full stop, unless it has one. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function firstLine(text: string): string {
  const line = text.trimStart().split(/\r?\n/, 1)[0] ?? '';
  return line.trimEnd();
}

/** JSON as people read it. Text stays text. */
export function prettyJson(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

/**
 * Cuts the middle out of a name that is too wide, because the ends tell names apart: "quality-…-report".
 * `measure` gives the width of a text in the unit of `width`.
 */
export function fitMiddle(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const letters = [...text];
  let low = 0;
  let high = letters.length - 1;
  while (low < high) {
    const kept = Math.ceil((low + high) / 2);
    if (measure(cutMiddle(letters, kept)) <= width) low = kept;
    else high = kept - 1;
  }
  return cutMiddle(letters, low);
}

function cutMiddle(letters: readonly string[], kept: number): string {
  const head = Math.ceil(kept / 2);
  return `${letters.slice(0, head).join('').trimEnd()}…${letters
    .slice(letters.length - (kept - head))
    .join('')
    .trimStart()}`;
}

/** Cuts the end: for sentences, whose beginning matters. */
export function fitEnd(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const letters = [...text];
  let low = 0;
  let high = letters.length - 1;
  while (low < high) {
    const kept = Math.ceil((low + high) / 2);
    if (measure(`${letters.slice(0, kept).join('').trimEnd()}…`) <= width) low = kept;
    else high = kept - 1;
  }
  return `${letters.slice(0, low).join('').trimEnd()}…`;
}
