import { expect, test } from 'vitest';
import { CLASSES, complaint } from '#tests/api/corpus.ts';
import { inLines, runCorpus } from '#tests/api/corpus-run.ts';
import { openShop } from '#tests/api/shop.ts';
import { failuresIn } from '#tests/support/failures.ts';

const shop = openShop({ env: {} });

test('3,000 requests of every class of attack, new ones at each run: all are refused, nothing changes, nothing leaks', async () => {
  const result = await runCorpus(shop, { seed: Date.now() % 1_000_000_000, requests: 3_000 });
  expect(result.failures.slice(0, 10)).toEqual([]);
  expect(Object.keys(result.figures).sort()).toEqual(Object.keys(CLASSES).sort());
  for (const by of ['a guest with the merchant’s key', 'an account', 'nobody'] as const)
    expect(result.senders[by]).toBeGreaterThan(200);
  console.log(inLines(result).join('\n'));
});

test('an answer that gives in, fails or tells is noticed', () => {
  const request = { of: 'other fields', by: 'nobody', method: 'POST', path: '/api/checkout', headers: {} } as const;
  const headers = { 'content-type': 'application/problem+json' };
  const of = (status: number, body: unknown) => complaint(request, { status, headers, body }, ['the-secret']);
  expect(of(400, { code: 'INVALID_REQUEST' })).toBeUndefined();
  expect(of(200, {})).toMatch(/not refused/);
  expect(of(500, {})).toMatch(/a failure/);
  expect(of(400, { detail: 'CastError: x' })).toMatch(/inside/);
  expect(of(400, { detail: 'the-secret' })).toMatch(/a secret/);
  expect(complaint(request, { status: 400, headers: {}, body: {} }, [])).toMatch(/no problem/);
});

test('a process that has failed inside is noticed by what it writes, and one that has not is not', () => {
  const fine = ['{"level":30,"msg":"web is ready"}', '{"level":40,"msg":"unavailable","err":{"type":"Error"}}'];
  const failed = ['{"level":50,"msg":"failed"}', '{"level":60,"msg":"x"}', ' ⨯ page', 'TypeError: x is not a function'];
  expect(failuresIn([...fine, ...failed, ''].join('\n'))).toEqual(failed);
});
