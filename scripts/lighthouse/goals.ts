/** What is measured of one page load. Scores are of 100, times in milliseconds, CLS has no unit. */
export interface Figures {
  performance: number;
  accessibility: number;
  bestPractices: number;
  seo: number;
  fcp: number;
  lcp: number;
  tbt: number;
  /** `tbt` as if no other process had wanted a core (own-time.ts). */
  ownTbt: number;
  cls: number;
}

/** A figure's least or greatest good value, and the pages of which it is asked; of all without them. */
interface Goal {
  figure: keyof Figures;
  words: string;
  good(value: number): boolean;
  of?: readonly string[];
}

/** Core Web Vitals' "good" for LCP; for CLS a tenth of theirs, since nothing may jump under a finger that is about to buy. */
export const GOALS: readonly Goal[] = [
  { figure: 'performance', words: 'performance ≥ 90', good: (score) => score >= 90 },
  { figure: 'accessibility', words: 'accessibility ≥ 95', good: (score) => score >= 95 },
  { figure: 'bestPractices', words: 'best practices ≥ 95', good: (score) => score >= 95 },
  { figure: 'seo', words: 'SEO ≥ 95', good: (score) => score >= 95, of: ['home', 'sale', 'product'] },
  { figure: 'lcp', words: 'LCP ≤ 2.5 s', good: (ms) => ms <= 2_500 },
  { figure: 'cls', words: 'CLS ≤ 0.01', good: (shift) => shift <= 0.01 },
];

/** What React and Next cost anybody: measured beside the shop's pages, and held against no goal. */
export const EMPTY = 'empty';

/** @returns the words of each goal that a page misses */
export function missed(page: string, figures: Figures): string[] {
  if (page === EMPTY) return [];
  return GOALS.filter(({ figure, good, of }) => (of ?? [page]).includes(page) && !good(figures[figure])).map(
    ({ words }) => words,
  );
}

/** Each figure's median over some runs. */
export function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0]!) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])) as unknown as Figures;
}

/** Of an even number of values the greater one in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
