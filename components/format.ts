/** Amounts, times and counts in the visitor's own locale. Only for text that is rendered in the browser. */

const moneyFormats = new Map<string, { format: Intl.NumberFormat; scale: number }>();

/** @param minorUnits whole minor units of `currency`: 1999 EUR is 19.99, 1999 JPY is 1999 */
export function money(minorUnits: number, currency: string): string {
  let known = moneyFormats.get(currency);
  if (!known) {
    const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    known = { format, scale: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
    moneyFormats.set(currency, known);
  }
  return known.format.format(minorUnits / known.scale);
}

const wholeNumber = new Intl.NumberFormat();
export const count = (value: number) => wholeNumber.format(value);

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});

export const timeOfDay = (at: string | number) => clockTime.format(new Date(at));
export const momentOf = (at: string | number) => dayAndTime.format(new Date(at));

const two = (value: number) => String(value).padStart(2, '0');

/** Seconds as digits that keep their width: 0:42, 9:05, 1:09:05; from two days on, days come first. */
export function digits(seconds: number): string {
  const left = Math.max(0, seconds);
  const days = Math.floor(left / 86_400);
  const hours = Math.floor(left / 3_600);
  const minutes = Math.floor(left / 60) % 60;
  if (days >= 2) return `${days}d ${two(hours % 24)}:${two(minutes)}:${two(left % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}

/** The number of a unit: `<productId>-17` is 17. */
export const unitNumber = (token: string) => Number(token.slice(token.lastIndexOf('-') + 1));
