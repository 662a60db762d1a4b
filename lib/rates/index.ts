/** Rates: how often somebody may call. */
export { networkOf } from '#lib/rates/network.ts';
export { type Exceeded, type PointsOf, Rates } from '#lib/rates/rates.ts';
export { RATES, type Rate, type RateClass } from '#lib/rates/table.ts';
