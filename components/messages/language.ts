/** The languages that the shop speaks, the one for everybody else first. */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** Where a visitor's own choice is kept; without one the browser's languages decide. See next.config.ts. */
export const LANGUAGE_COOKIE = 'language';

/** @param segment the first part of a page's inner path, which next.config.ts puts there */
export const languageOf = (segment: string): Language =>
  LANGUAGES.find((language) => language === segment) ?? LANGUAGES[0];
