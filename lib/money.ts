import { minorDecimals } from '#lib/currency.ts';

/**
 * Amounts: whole minor units of an ISO 4217 currency, from the merchant's price to the provider's capture. No amount is ever a
 * fraction; only text for people has a decimal point.
 */

/** @returns the exact decimal number: 1999 EUR is 19.99, 1999 JPY is 1999, 1999 KWD is 1.999 */
export function toDecimal(minorUnits: number, currency: string): `${number}` {
  const digits = minorDecimals(currency);
  const text = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
  const sign = minorUnits < 0 ? '-' : '';
  const whole = text.slice(0, text.length - digits);
  return `${sign}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ''}` as `${number}`;
}

/** @returns how amounts of a currency are written, with its minor unit's digits: `Intl` has its own opinion of those */
export function moneyFormat(currency: string, locale: string | undefined): Intl.NumberFormat {
  const digits = minorDecimals(currency);
  return new Intl.NumberFormat(locale, {
    ...(currency ? { style: 'currency', currency } : {}), // an order that never came to be has none
    minimumFractionDigits: currency ? digits : 0,
    maximumFractionDigits: digits,
  });
}

/** 100 %. */
const WHOLE_IN_BASIS_POINTS = 10_000;

/**
 * The tax that a tax-inclusive total contains: total × rate ÷ (10,000 + rate), half a minor unit rounded up.
 * @param total whole minor units, not negative
 * @param taxBasisPoints 0 to 10,000; 1900 is 19 %
 */
export function taxContained(total: number, taxBasisPoints: number): number {
  const [rate, divisor] = [BigInt(taxBasisPoints), BigInt(WHOLE_IN_BASIS_POINTS + taxBasisPoints)];
  return Number((2n * BigInt(total) * rate + divisor) / (2n * divisor));
}
