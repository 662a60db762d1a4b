/** Amounts, times and counts in the visitor's own locale. Only for text that is rendered in the browser. */

import { moneyFormat, toDecimal } from '#lib/money.ts';

/** The visitor's own variant of the page's language (de-AT on a German page), else that language. */
export const VISITOR = typeof document === 'undefined' ? undefined : visitorsLocale(document.documentElement.lang);

/** @param language empty on a page that names none, such as Next's own for a failure of the server */
function visitorsLocale(language: string): string | undefined {
  return navigator.languages.find((locale) => locale.split('-')[0] === language) ?? (language || undefined);
}

/** Made when first used: most pages use two of them. */
function onFirstUse<Format>(make: () => Format): () => Format {
  let format: Format | undefined;
  return () => {
    format ??= make();
    return format;
  };
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

/**
 * @param minorUnits whole minor units of `currency`: 1999 EUR is 19.99, 1999 JPY is 1999
 * @param locale the visitor's own unless named
 */
export function money(minorUnits: number, currency: string, locale = VISITOR): string {
  const slot = `${currency} ${locale ?? ''}`;
  let format = moneyFormats.get(slot);
  if (!format) {
    format = moneyFormat(currency, locale);
    moneyFormats.set(slot, format);
  }
  return format.format(toDecimal(minorUnits, currency));
}

const percentage = onFirstUse(() => new Intl.NumberFormat(VISITOR, { style: 'percent', maximumFractionDigits: 2 }));
/** @param basisPoints 1900 is 19 % */
export const rate = (basisPoints: number) => percentage().format(basisPoints / 10_000);

const wholeNumber = onFirstUse(() => new Intl.NumberFormat(VISITOR));
export const count = (value: number) => wholeNumber().format(value);

const dateFormat = (options: Intl.DateTimeFormatOptions) => onFirstUse(() => new Intl.DateTimeFormat(VISITOR, options));

const clockTime = dateFormat({ hour: 'numeric', minute: '2-digit', second: '2-digit' });
const dayAndTime = dateFormat({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});
const dateInFull = dateFormat({ dateStyle: 'long', timeStyle: 'short' });

export const timeOfDay = (at: string | number) => clockTime().format(new Date(at));
export const momentOf = (at: string | number) => dayAndTime().format(new Date(at));
/** With the year, for what is kept. */
export const dateOf = (at: string | number) => dateInFull().format(new Date(at));

/** The number of a unit: `<productId>-17` is 17. */
export const unitNumber = (token: string) => Number(token.slice(token.lastIndexOf('-') + 1));
