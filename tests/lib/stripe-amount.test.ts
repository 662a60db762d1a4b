import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromStripeAmount, toStripeAmount } from '#lib/payments/stripe-amount.ts';

/** [what the shop says, currency, what Stripe is told], after docs.stripe.com/currencies. */
const SAME: [number, string, number][] = [
  [1099, 'EUR', 1099],
  [1000, 'USD', 1000],
  [500, 'JPY', 500], // zero-decimal
  [500, 'KRW', 500],
  [500, 'CLP', 500],
  [500, 'XAF', 500],
  [5, 'ISK', 500], // whole króna, written with two decimals
  [5, 'UGX', 500], // on the zero-decimal list, and a special case that wins
  [500, 'MGA', 5], // two decimals in ISO 4217, none at Stripe
  [1045, 'HUF', 1045], // special in payouts only
  [80045, 'TWD', 80045],
  [5120, 'KWD', 5120], // three decimals, the last one 0
  [10, 'TND', 10],
];

test('amounts are told to Stripe in its own units', () => {
  for (const [amount, currency, units] of SAME) {
    expect([currency, toStripeAmount(amount, currency)]).toEqual([currency, units]);
    expect([currency, fromStripeAmount(units, currency)]).toEqual([currency, amount]);
  }
});

test('an amount that Stripe cannot take to the last digit is not rounded: there is none', () => {
  for (const [amount, currency] of [
    [5124, 'KWD'],
    [5125, 'BHD'],
    [1, 'OMR'],
    [0, 'EUR'],
    [-5, 'EUR'],
    [1.5, 'EUR'],
    [Number.MAX_SAFE_INTEGER, 'ISK'],
    [5, 'LYD'], // three decimals in ISO 4217, two at Stripe
    [550, 'MGA'],
  ] as const) {
    expect([currency, amount, toStripeAmount(amount, currency)]).toEqual([currency, amount, undefined]);
  }
  expect(fromStripeAmount(550, 'ISK')).toBeUndefined();
});

test('whatever can be told comes back the same, in every currency', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Intl.supportedValuesOf('currency')),
      fc.integer({ min: 1, max: 99_999_999 }),
      (currency, amount) => {
        const units = toStripeAmount(amount, currency);
        return units === undefined || fromStripeAmount(units, currency) === amount;
      },
    ),
  );
});
