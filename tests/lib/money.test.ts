import fc from 'fast-check';
import { expect, test } from 'vitest';
import { money } from '#components/format.ts';
import { minorDecimals } from '#lib/currency.ts';
import { taxContained, toDecimal } from '#lib/money.ts';
import { money as bankMoney } from '#sandbox/page.ts';

/** What a person reads, without the locale's narrow spaces. */
const read = (minorUnits: number, currency: string) => money(minorUnits, currency, 'en-US').replace(/\s/g, ' ');

test('an amount reads as its currency writes it, with two digits, with none, with three', () => {
  expect(read(1_999, 'EUR')).toBe('€19.99');
  expect(read(5, 'EUR')).toBe('€0.05');
  expect(read(0, 'EUR')).toBe('€0.00');
  expect(read(1_999, 'JPY')).toBe('¥1,999');
  expect(read(1_999, 'KRW')).toBe('₩1,999');
  expect(read(1_999, 'KWD')).toBe('KWD 1.999');
  expect(read(10, 'KWD')).toBe('KWD 0.010');
});

test("the bank's page reads an amount with the currency's own digits, which `Intl` does not know of each", () => {
  const atBank = (minorUnits: number, currency: string) => bankMoney(minorUnits, currency).replace(/\s/g, ' ');
  expect(atBank(1_250, 'EUR')).toBe('€12.50');
  expect(atBank(1_250, 'JPY')).toBe('¥1,250');
  expect(atBank(123_456, 'HUF')).toBe('HUF 1,234.56');
  expect(atBank(50, 'IDR')).toBe('IDR 0.50');
  expect(atBank(5, 'KWD')).toBe('KWD 0.005');
});

test('an amount reads the same whatever this browser believes of a currency', () => {
  expect(read(199_900, 'HUF')).toBe('HUF 1,999.00');
  expect(read(199_900, 'IDR')).toBe('IDR 1,999.00');
  expect(read(1_999, 'UGX')).toBe('UGX 1,999');
});

test('the last unit of the largest amount is shown, which a division would lose', () => {
  expect(read(Number.MAX_SAFE_INTEGER, 'EUR')).toBe('€90,071,992,547,409.91');
  expect(read(Number.MAX_SAFE_INTEGER - 1, 'EUR')).toBe('€90,071,992,547,409.90');
  expect(read(Number.MAX_SAFE_INTEGER, 'KWD')).toBe('KWD 9,007,199,254,740.991');
});

test('what has no currency, as an order that never came to be, still has a number', () => {
  expect(read(0, '')).toBe('0');
});

test('the decimal form is the amount, exactly, for every currency that there is', () => {
  const currency = fc.constantFrom(...Intl.supportedValuesOf('currency'));
  fc.assert(
    fc.property(fc.maxSafeInteger(), currency, (minorUnits, code) => {
      const decimal = toDecimal(minorUnits, code);
      expect(BigInt(decimal.replace('.', ''))).toBe(BigInt(minorUnits));
      expect(decimal.split('.')[1]?.length ?? 0).toBe(minorDecimals(code));
    }),
  );
});

const total = fc.oneof(fc.nat({ max: 1_000_000 }), fc.maxSafeNat());
const rate = fc.integer({ min: 0, max: 10_000 });

test('the tax contained in a total, as one would write it on paper', () => {
  expect(taxContained(11_900, 1_900)).toBe(1_900);
  expect(taxContained(12_900, 1_900)).toBe(2_060); // 2,059.66
  expect(taxContained(107, 700)).toBe(7);
  expect(taxContained(1_999, 0)).toBe(0);
  expect(taxContained(0, 1_900)).toBe(0);
  expect(taxContained(1_100, 1_000)).toBe(100); // ¥1,100 with 10 %
  expect(taxContained(3, 10_000)).toBe(2); // 1.5: half rounds up
  expect(taxContained(1, 10_000)).toBe(1); // 0.5
});

test('tax is the nearest whole unit, half up, for every total and rate', () => {
  fc.assert(
    fc.property(total, rate, (gross, basisPoints) => {
      const tax = BigInt(taxContained(gross, basisPoints));
      const [above, divisor] = [BigInt(gross) * BigInt(basisPoints), BigInt(10_000 + basisPoints)];
      const twiceOff = 2n * (tax * divisor - above); // tax minus the exact tax, in halves of the divisor
      expect(twiceOff > -divisor && twiceOff <= divisor).toBe(true);
    }),
  );
});

test('tax is never more than half of the total rounded up, grows with total and rate, and net plus tax is the total', () => {
  fc.assert(
    fc.property(total, rate, rate, (gross, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const tax = taxContained(gross, low);
      expect(tax).toBeGreaterThanOrEqual(0);
      expect(tax).toBeLessThanOrEqual(Math.ceil(gross / 2));
      expect(tax).toBeLessThanOrEqual(taxContained(gross, high));
      expect(tax).toBeLessThanOrEqual(taxContained(Math.min(gross + 1, Number.MAX_SAFE_INTEGER), low));
      expect(Number.isSafeInteger(tax) && gross - tax + tax === gross).toBe(true);
    }),
  );
});
