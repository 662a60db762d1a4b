import { expect, test } from 'vitest';
import { CLASSES, complaint } from '#tests/api/corpus.ts';
import { inLines, runCorpus } from '#tests/api/corpus-run.ts';
import { openShop } from '#tests/api/shop.ts';

const shop = openShop();

test('3,000 requests of every class of attack, new ones at each run: all are refused, nothing changes, nothing leaks', async () => {
  const result = await runCorpus(shop, { seed: Date.now() % 1_000_000_000, requests: 3_000 });
  expect(result.failures.slice(0, 10)).toEqual([]);
  expect(Object.keys(result.figures).sort()).toEqual(Object.keys(CLASSES).sort());
  expect(shop.web.output()).not.toMatch(/"level":[56]0|⨯|Error:/);
  console.log(inLines(result).join('\n'));
});

test('an answer that gives in, fails or tells is noticed', () => {
  const request = { of: 'other fields', method: 'POST', path: '/api/checkout', headers: {} } as const;
  const headers = { 'content-type': 'application/problem+json' };
  const of = (status: number, body: unknown) => complaint(request, { status, headers, body }, ['the-secret']);
  expect(of(400, { code: 'INVALID_REQUEST' })).toBeUndefined();
  expect(of(200, {})).toMatch(/not refused/);
  expect(of(500, {})).toMatch(/a failure/);
  expect(of(400, { detail: 'CastError: x' })).toMatch(/inside/);
  expect(of(400, { detail: 'the-secret' })).toMatch(/a secret/);
  expect(complaint(request, { status: 400, headers: {}, body: {} }, [])).toMatch(/no problem/);
});
