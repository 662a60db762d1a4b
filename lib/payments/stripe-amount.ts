import { minorDecimals } from '#lib/currency.ts';

/**
 * Amounts as Stripe counts them. The shop's minor units are ISO 4217's; Stripe's differ for some currencies:
 * https://docs.stripe.com/currencies (#zero-decimal, #three-decimal and #special-cases).
 */

/**
 * Without decimals at Stripe. UGX stands on Stripe's list too, but its special case counts for charges: like ISK it has two
 * decimals that must be 00, which they are, as ISO 4217 has none for either. (HUF and TWD are special in payouts only.)
 */
const ZERO = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
/** Three decimals, of which the last must be 0. */
const THREE = new Set('BHD JOD KWD OMR TND'.split(' '));

/**
 * @param amount the shop's minor units
 * @param currency ISO 4217, upper case
 * @returns Stripe's units, or undefined for an amount that Stripe cannot take to the last digit: nothing is ever rounded
 */
export function toStripeAmount(amount: number, currency: string): number | undefined {
  const units = shift(amount, stripeDigits(currency) - minorDecimals(currency));
  const step = THREE.has(currency) ? 10 : 1;
  return Number.isSafeInteger(units) && units > 0 && units % step === 0 ? units : undefined;
}

/** @returns the shop's minor units of an amount of Stripe's, or undefined when the shop has none so small */
export function fromStripeAmount(units: number, currency: string): number | undefined {
  const amount = shift(units, minorDecimals(currency) - stripeDigits(currency));
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** Never by a fraction, which floating point does not have: a whole number comes out whole. */
function shift(value: number, digits: number): number {
  return digits < 0 ? value / 10 ** -digits : value * 10 ** digits;
}

function stripeDigits(currency: string): number {
  return ZERO.has(currency) ? 0 : THREE.has(currency) ? 3 : 2;
}
