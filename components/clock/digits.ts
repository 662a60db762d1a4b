import { VISITOR } from '#components/format.ts';

const two = (value: number) => String(value).padStart(2, '0');

/**
 * A length of time as digits that keep their width: 0:42, 9:05, 1:09:05; from two days on whole days and hours, as 7d 12h.
 * @param seconds none below 0
 * @param locale the visitor's own unless named
 */
export function digits(seconds: number, locale = VISITOR): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const inUnits = (value: number, unit: 'day' | 'hour') =>
    value.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'narrow' });
  if (days >= 2) return `${inUnits(days, 'day')} ${inUnits(hours % 24, 'hour')}`;
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
