import { count, VISITOR } from '#components/format.ts';
import type { Language } from '#components/messages/language.ts';

// The first number that a browser formats costs a slow phone some 60 ms, however little it is: a task of its own, before there is
// anything to show. After that each is cheap.
if (VISITOR) setTimeout(() => count(0));

type Forms = [one: string, other: string];

/**
 * Counted things and lengths of time, said in one language.
 * @param names how the language calls what it counts here
 */
export function speech(language: Language, names: { unit: Forms; second: Forms; minute: Forms }) {
  const rules = new Intl.PluralRules(language);
  const plural = (value: number, ...[one, other]: Forms) =>
    `${count(value)} ${rules.select(value) === 'one' ? one : other}`;

  /** A length of time in words, for texts and announcements. */
  function duration(seconds: number): string {
    if (seconds < 120 && seconds % 60 !== 0) return plural(seconds, ...names.second);
    const minutes = plural(Math.floor(seconds / 60), ...names.minute);
    return seconds % 60 === 0 ? minutes : `${minutes} ${plural(seconds % 60, ...names.second)}`;
  }

  return { plural, duration, units: (value: number) => plural(value, ...names.unit) };
}
