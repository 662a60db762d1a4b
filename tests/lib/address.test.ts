import { expect, test } from 'vitest';
import { ADDRESS_HEADER, clientAddress, neighbourhood } from '#lib/http/address.ts';

const from = (socket: string, forwarded?: string) =>
  new Headers({ [ADDRESS_HEADER]: socket, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) });

test('without trusted proxies a client is who its socket says, whatever it writes into the header', () => {
  for (const forged of ['203.0.113.9', '127.0.0.1', '203.0.113.9, 198.51.100.4', 'unknown', '']) {
    expect(clientAddress(from('198.51.100.7', forged), 0)).toBe('198.51.100.7');
  }
});

test('ten thousand forged headers leave a client in one neighbourhood, without proxies and behind them', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 10_000; i++) {
    const forged = i % 2 === 0 ? `10.${i >> 8}.${i & 255}.9` : `2001:db8:${i.toString(16)}::1`;
    seen.add(`none: ${neighbourhood(clientAddress(from('198.51.100.7', forged), 0))}`);
    seen.add(`two: ${neighbourhood(clientAddress(from('10.0.0.2', `${forged}, 198.51.100.7, 10.0.0.1`), 2))}`);
  }
  expect([...seen]).toEqual(['none: 198.51.100.7', 'two: 198.51.100.7']);
});

test('behind n proxies a client is the n-th entry from the right; what it wrote itself stands further left', () => {
  const headers = from('10.0.0.2', '6.6.6.6, 203.0.113.9, 10.0.0.1');
  expect(clientAddress(headers, 1)).toBe('10.0.0.1');
  expect(clientAddress(headers, 2)).toBe('203.0.113.9');
});

test('a header with fewer entries than proxies was written by proxies alone: its first one counts', () => {
  expect(clientAddress(from('10.0.0.2', '203.0.113.9'), 3)).toBe('203.0.113.9');
  expect(clientAddress(from('10.0.0.2'), 3)).toBe('10.0.0.2');
});

test('an entry that is no address is passed over towards the shop, never away from it', () => {
  expect(clientAddress(from('10.0.0.2', '6.6.6.6, _hidden, 10.0.0.1'), 2)).toBe('10.0.0.1');
  expect(clientAddress(from('10.0.0.2', '6.6.6.6, unknown'), 1)).toBe('10.0.0.2');
  expect(clientAddress(from('', 'x'), 1)).toBe('');
});

test('ports, brackets and IPv4 addresses in IPv6 clothes are taken off', () => {
  expect(clientAddress(from('::ffff:198.51.100.7'), 0)).toBe('198.51.100.7');
  expect(clientAddress(from('10.0.0.2', '203.0.113.9:4711'), 1)).toBe('203.0.113.9');
  expect(clientAddress(from('10.0.0.2', '[2001:db8::1]:4711'), 1)).toBe('2001:db8::1');
});

test('all addresses of one IPv6 subscriber are one neighbourhood, an IPv4 address is its own', () => {
  expect(neighbourhood('203.0.113.9')).toBe('203.0.113.9');
  expect(neighbourhood('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(neighbourhood('2001:0DB8:0001:0002::9')).toBe('2001:db8:1:2::/64');
  expect(neighbourhood('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(neighbourhood('::1')).toBe('0:0:0:0::/64');
  expect(neighbourhood('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(neighbourhood('')).toBe('unknown');
});
