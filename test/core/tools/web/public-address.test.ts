import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressFault } from '../../../../src/core/base/public-address';
import { publicUrl } from '../../../../src/core/base/public-url';
import corpus from '../../../fixtures/ssrf/ssrf-urls.json';

describe('addresses of the public internet', () => {
  it.each(corpus)('judges $url as $expect ($why)', ({ url, expect: verdict, why }) => {
    // Two names of the corpus are refused for where they lead, which only a look-up tells; both end in "invalid" all the same.
    expect(publicUrl(url).fault === undefined ? 'allow' : 'block', why).toBe(verdict);
  });

  it.each([
    ...['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '192.0.1.1'],
    ...['198.17.0.1', '198.20.0.1', '223.255.255.255', '9.255.255.255', '11.0.0.0', '168.63.129.17'],
    ...['2606:4700:4700::1111', '2001:4860:4860::8888', '2003::1', '2a00:1450::1', '2620:fe::fe'],
  ])('takes %s as public', (address) => {
    expect(addressFault(address)).toBeUndefined();
  });

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.0', '100.127.255.255', '127.255.255.254', '169.254.0.1'],
    ...['172.16.0.0', '172.31.255.255', '192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.1.1'],
    ...['198.18.0.0', '198.19.255.255', '198.51.100.7', '203.0.113.9', '224.0.0.1', '240.0.0.1'],
    ...['255.255.255.255', '168.63.129.16', '::', '::1', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '::7f00:1'],
    ...[
      '64:ff9b::808:808',
      '64:ff9b:1::1',
      '100::1',
      '2001::1',
      '2001:0:7f00::1',
      '2001:20::1',
      '2001:db8::1',
    ],
    ...['2002:7f00:1::', '2002:808:808::1', '3fff::1', '3ffe::1', '5f00::1', 'fc00::1', 'fd20:ce::254'],
    ...['fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', 'ff0e::1', '2606:4700::1%1', '4000::1'],
    ...[
      '',
      '1.2.3',
      '01.1.1.1',
      '1.1.1.256',
      '1.1.1.1.',
      '0x01010101',
      '2606:::1',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
    ],
    ...[' 1.1.1.1', '1.1.1.1\n', '2606:4700:4700::1111 ', '[2606:4700:4700::1111]', 'example.com', '12345::'],
  ])('takes %j as not public', (address) => {
    expect(addressFault(address)).toBeTypeOf('string');
  });

  it('finds every address of a private block, whatever its spelling in an address of a page', () => {
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127, 0), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.integer({ min: 224, max: 255 }), fc.nat(255), fc.nat(255), fc.nat(255)),
    );
    fc.assert(
      fc.property(inside, ([a, b, c, d]) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const hex = (byte: number) => byte.toString(16).padStart(2, '0');
        const groups = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`;
        const spellings = [
          `${a}.${b}.${c}.${d}`,
          `${a}.${b}.${c * 256 + d}`,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `${number}`,
          `0x${number.toString(16)}`,
          `0${number.toString(8)}`,
          `0x${hex(a)}.0${b.toString(8)}.${c}.${d}.`,
          `%3${String(a)[0]}${String(a).slice(1)}.${b}.${c}.${d}`,
          `[::ffff:${groups}]`,
          `[::ffff:${a}.${b}.${c}.${d}]`,
          `[::${groups}]`,
          `[64:ff9b::${groups}]`,
          `[2002:${groups}::1]`,
          `[2001:0:${groups}::1]`,
        ];
        for (const host of spellings) expect(publicUrl(`http://${host}/`).fault, host).toBeTypeOf('string');
      }),
    );
  });

  it.each([
    ...[
      'https://example.com/',
      'http://example.com:8080/a',
      'https://sub.example.co.uk/x?y=z',
      'https://8.8.8.8/',
    ],
    ...[
      'https://bücher.de/',
      'https://[2606:4700:4700::1111]/',
      'HTTPS://EXAMPLE.COM./',
      'https://1e100.net/',
    ],
    ...['https://127.0.0.1.nip.io/', 'https://localhost.example.com/', 'https://internal.example.org/'],
  ])('lets %s go on to the look-up', (url) => {
    expect(publicUrl(url).fault).toBeUndefined();
  });

  it.each([
    ...[
      'https://user@example.com/',
      'https://:secret@example.com/',
      'ftp://example.com/',
      'javascript:alert(1)',
    ],
    ...[
      'https://example.com:22/',
      'https://example.com:25/',
      'https://example.com:6379/',
      '//example.com/',
      'x',
    ],
    ...[
      'https://LOCALHOST/',
      'https://a.b.localhost/',
      'https://metadata.google.internal/',
      'https://printer.lan/',
    ],
    ...[
      'https://example.com../',
      'https://a..b.com/',
      'https://.com/',
      `https://example.com/${'a'.repeat(5000)}`,
    ],
    ...[
      'about:blank',
      'view-source:https://example.com',
      'mailto:a@example.com',
      'https://router.home.arpa/',
    ],
  ])('refuses %s without a look-up', (url) => {
    expect(publicUrl(url).fault).toBeTypeOf('string');
  });

  it('reads an address relative to another one, and drops the fragment', () => {
    expect(publicUrl('../b#c', new URL('https://example.com/x/y')).url?.href).toBe('https://example.com/b');
  });
});
