import { expect, test } from 'vitest';
import { type Figures, medians, missed } from '#scripts/lighthouse/goals.ts';

const good: Figures = {
  performance: 90,
  accessibility: 95,
  bestPractices: 95,
  seo: 95,
  fcp: 900,
  lcp: 2_500,
  tbt: 10,
  cls: 0.01,
};

test('a page at the limits misses nothing, and one beyond them every goal by name', () => {
  expect(missed('home', good)).toEqual([]);
  const bad = { ...good, performance: 89, accessibility: 94, bestPractices: 94, seo: 94, lcp: 2_501, cls: 0.011 };
  expect(missed('home', bad)).toHaveLength(6);
  expect(missed('home', { ...good, lcp: 2_501 })).toEqual(['LCP ≤ 2.5 s']);
});

test('a page that search engines shall not see has no goal for them', () => {
  expect(missed('cart', { ...good, seo: 60 })).toEqual([]);
  expect(missed('product', { ...good, seo: 60 })).toEqual(['SEO ≥ 95']);
});

test('each figure has a median of its own', () => {
  const runs = [1, 9, 5].map((n, i) => ({ ...good, lcp: n * 100, cls: [0.2, 0, 0.1][i]! }));
  expect(medians(runs)).toMatchObject({ lcp: 500, cls: 0.1, seo: 95 });
});
