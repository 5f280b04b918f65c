import { refuseInvisible } from '../source/refuse-characters';
import type { Span } from '../source/node';
import type { Report } from '../source/report';
import { slug } from '../slug';

/** Names that every JavaScript object answers to: as keys of a record they would be found where nothing was put. */
const RESERVED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*$/u;
const LONGEST_NAME = 100;

/** A step's key or an input's name, in NFC so that equal-looking names are equal. Undefined when it cannot be one. */
export function readName(raw: string, what: string, at: Span, report: Report): string | undefined {
  if (refuseInvisible(raw, at, report)) return undefined;
  const name = raw.normalize('NFC');
  if (RESERVED.has(name)) {
    report.error('reserved-name', `"${name}" cannot be ${what}.`, at, 'Choose another name.');
    return undefined;
  }
  if (NAME.test(name) && name.length <= LONGEST_NAME) return name;
  const better = slug(name);
  report.error(
    'bad-name',
    name.length > LONGEST_NAME && NAME.test(name)
      ? `"${name.slice(0, 20)}…" cannot be ${what}: it has ${name.length} characters, and at most ${LONGEST_NAME} are allowed.`
      : `"${name.slice(0, LONGEST_NAME)}" cannot be ${what}: letters, digits, "-" and "_" only, at most ${LONGEST_NAME}.`,
    at,
    better === '' || name.startsWith(better) || RESERVED.has(better) ? undefined : `For example "${better}".`,
  );
  return undefined;
}
