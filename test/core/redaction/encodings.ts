import { FORMS, type Form } from '../../../src/core/base/redaction/forms';

/** Written without a look at the code under test: how programs write a value down, each in its own words. */
export const ENCODED: Readonly<Record<Form, (value: string) => Buffer>> = {
  raw: (value) => Buffer.from(value),
  json: (value) => Buffer.from(JSON.stringify({ value })),
  percent: (value) => Buffer.from(encodeURIComponent(value)),
  form: (value) => Buffer.from(new URLSearchParams({ q: value }).toString()),
  base64: (value) => Buffer.from(Buffer.from(`user:${value}`).toString('base64')),
  base64url: (value) => Buffer.from(Buffer.from(value).toString('base64url')),
  hex: (value) => Buffer.from(Buffer.from(value).toString('hex')),
  html: (value) =>
    Buffer.from(
      value
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ),
  'utf-16': (value) => Buffer.from(value, 'utf16le'),
};

export const encodings: readonly Form[] = FORMS;

/** What a byte search looks for: each encoding at its barest, in every alignment and case. */
export function traces(value: string): readonly { readonly form: string; readonly bytes: Buffer }[] {
  const buffer = Buffer.from(value);
  const found: { form: string; bytes: Buffer }[] = [];
  const add = (form: string, text: string | Buffer) =>
    found.push({ form, bytes: typeof text === 'string' ? Buffer.from(text) : text });
  add('raw', value);
  add('json', JSON.stringify(value).slice(1, -1));
  add('json twice', JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1));
  add('percent', encodeURIComponent(value));
  add('form', new URLSearchParams({ q: value }).toString().slice(2));
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before, 7), buffer])
      .toString('base64')
      .replaceAll('=', '');
    // The signs at both ends also hold bits of the neighbours.
    const bare = whole.slice(before === 0 ? 0 : before + 1, -1);
    add(`base64 at ${before}`, bare);
    add(`base64url at ${before}`, bare.replaceAll('+', '-').replaceAll('/', '_'));
  }
  add('hex', buffer.toString('hex'));
  add('hex, upper case', buffer.toString('hex').toUpperCase());
  add('html', ENCODED.html(value));
  add('utf-16', Buffer.from(value, 'utf16le').subarray(0, -1));
  return found;
}

/** Made at run time, so that no file holds anything that looks like a key. */
export function madeUpSecret(kind: string, random: () => number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const word = (length: number) =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  const heads: Readonly<Record<string, string>> = {
    claude: ['s', 'k', '-ant', '-api03-'].join(''),
    openai: ['s', 'k', '-proj-'].join(''),
    google: ['A', 'I', 'za'].join(''),
    cloud: ['A', 'K', 'IA'].join(''),
    // Signs that every encoding has to write in another way.
    odd: `p&<>"'/+= %?`,
  };
  return `${heads[kind] ?? ''}${word(36)}`;
}
