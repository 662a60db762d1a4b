import { expect, test } from 'vitest';
import { EMPTY, type Figures, medians, missed } from '#scripts/lighthouse/goals.ts';
import { ownBlockingTime } from '#scripts/lighthouse/own-time.ts';

const good: Figures = {
  performance: 90,
  accessibility: 95,
  bestPractices: 95,
  seo: 95,
  fcp: 900,
  lcp: 2_500,
  tbt: 10,
  ownTbt: 10,
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

test('the empty page is held against nothing', () => {
  expect(missed(EMPTY, { ...good, seo: 60, performance: 10 })).toEqual([]);
});

test('own blocking time is that of long tasks of the page’s thread after it has painted, by the processor’s time', () => {
  const page = { pid: 1, tid: 1 };
  const events = [
    { name: 'RunTask', ...page, ts: 0, dur: 90_000, tdur: 90_000 },
    { name: 'firstContentfulPaint', ...page, ts: 100_000 },
    { name: 'RunTask', ...page, ts: 100_000, dur: 90_000, tdur: 20_000 },
    { name: 'RunTask', ...page, ts: 200_000, dur: 90_000, tdur: 12_500 },
    { name: 'RunTask', ...page, ts: 300_000, dur: 9_000 },
    { name: 'RunTask', pid: 1, tid: 2, ts: 300_000, dur: 90_000, tdur: 90_000 },
  ];
  expect(ownBlockingTime(events, 4)).toBe(30);
  expect(() => ownBlockingTime(events.slice(0, 1), 4)).toThrow('no first contentful paint');
  expect(() => ownBlockingTime(events.slice(0, 2), 4)).toThrow('does not tell');
});
