import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samePath } from '#lib/same-path.ts';
import { FOREIGN } from '#tests/support/foreign-addresses.ts';

test('a path of the shop stays what it is', () => {
  for (const path of ['/', '/orders', '/sales/noon-drop/enamel-mug', '/orders?a=1&b=%2F%2Fevil', '/a#b', '/@a', '/%0d'])
    expect(samePath(path)).toBe(path);
});

test('whatever else it is leads home', () => {
  expect(FOREIGN.length).toBeGreaterThanOrEqual(50);
  for (const address of FOREIGN) expect([address, samePath(address)]).toEqual([address, '/']);
  for (const nothing of [undefined, null, '', 1, {}, ['/orders']])
    expect(samePath(nothing, '/account')).toBe('/account');
});

test('no browser leaves the shop by it', () => {
  const part = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ':',
    '@',
    '%2f',
    '%5c',
    '\t',
    '\n',
    ' ',
    'evil.example',
    'a',
    '?',
    '#',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const target = new URL(samePath(`/${parts.join('')}`), 'https://shop.example/signin');
      expect(target.origin).toBe('https://shop.example');
    }),
    { numRuns: 2_000, seed: 20_261_124 },
  );
});
