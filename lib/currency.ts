/**
 * How many decimals a currency's minor unit has, after ISO 4217's list one: https://www.six-group.com/en/products-services/financial-information/data-standards.html
 * `Intl` is no source for it: what it says changes from one version to the next (HUF: 2, later 0), and an amount must not.
 */
const DECIMALS: Record<string, number> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** @param currency ISO 4217, upper case */
export const minorDecimals = (currency: string): number => DECIMALS[currency] ?? 2;
