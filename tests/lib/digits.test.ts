import { expect, test } from 'vitest';
import { digits } from '#components/clock/digits.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Some of Intl's spaces do not break. */
const plain = (text: string) => text.replaceAll('\u{a0}', ' ');

test.each([
  [0, '0:00'],
  [42, '0:42'],
  [9 * MINUTE + 5, '9:05'],
  [HOUR - 1, '59:59'],
  [HOUR, '1:00:00'],
  [2 * DAY - 1, '47:59:59'],
])('%d seconds are counted to the second: %s', (seconds, shown) => {
  expect(digits(seconds, 'en')).toBe(shown);
  expect(digits(seconds, 'de')).toBe(shown);
});

test.each([
  [2 * DAY, '2d 0h', '2 T 0h'],
  [2 * DAY + HOUR - 1, '2d 0h', '2 T 0h'],
  [7 * DAY + 12 * HOUR + 34 * MINUTE + 56, '7d 12h', '7 T 12h'],
  [8 * DAY - 1, '7d 23h', '7 T 23h'],
  [365 * DAY, '365d 0h', '365 T 0h'],
])('from two days on %d seconds are days and hours in the visitor’s language: %s, %s', (seconds, english, german) => {
  expect(plain(digits(seconds, 'en'))).toBe(english);
  expect(plain(digits(seconds, 'de-DE'))).toBe(german);
});
