import { expect, test } from 'vitest';
import type { Call, Promised } from '#tests/support/buyers.ts';
import { checkHistory, type Told } from '#tests/support/history.ts';

const LATER = performance.timeOrigin + 1_000_000;
const call = (part: Partial<Call>): Call => ({
  buyer: 0,
  op: 'checkout',
  startMs: 0,
  endMs: 10,
  outcome: 'ok',
  status: 201,
  code: '',
  orderId: 'a',
  tokens: ['p-1'],
  retryAfter: 0,
  ...part,
});
const promise = (part: Partial<Promised>): Promised => ({
  buyer: 0,
  orderId: 'a',
  tokens: ['p-1'],
  deadlineMs: LATER,
  choice: 'walksAway',
  status: 0,
  ...part,
});
const told = (part: Partial<Told>): Told => ({
  calls: [call({})],
  promised: [promise({})],
  units: 1,
  orders: new Map([['a', { status: 'CANCELLED', reason: 'EXPIRED' }]]),
  releasedAt: new Map(),
  ...part,
});

test('a quiet history is sound', () => {
  expect(checkHistory(told({}))).toEqual([]);
});

test('a unit promised to another while it was certainly held is found', () => {
  const calls = [call({}), call({ buyer: 1, orderId: 'b', startMs: 20, endMs: 30 })];
  expect(checkHistory(told({ calls }))).toEqual(["p-1 was promised to b while it was certainly a's"]);
});

test('a unit that may have been let go by then is not a proof', () => {
  const refuses = call({ op: 'fails', startMs: 15, endMs: 40, tokens: [] });
  const calls = [call({}), refuses, call({ buyer: 1, orderId: 'b', startMs: 20, endMs: 30 })];
  expect(checkHistory(told({ calls, promised: [promise({ choice: 'fails' })] }))).toEqual([]);
});

test('a sold unit is sold for ever', () => {
  const pays = call({ op: 'pays', startMs: 12, endMs: 14, tokens: [] });
  const calls = [call({}), pays, call({ buyer: 1, orderId: 'b', startMs: 2e9, endMs: 2e9 + 1 })];
  const orders = new Map([['a', { status: 'PAID', reason: null }]]);
  expect(checkHistory(told({ calls, orders, promised: [promise({ choice: 'pays' })] }))).toEqual([
    "p-1 was promised to b while it was certainly a's",
  ]);
});

test('"out of stock" with untouched units is found, and not when an unanswered call may have taken them', () => {
  const refused = call({
    buyer: 2,
    outcome: 'refused',
    code: 'OUT_OF_STOCK',
    status: 409,
    orderId: '',
    tokens: [],
    startMs: 20,
    endMs: 30,
  });
  expect(checkHistory(told({ units: 2, calls: [call({}), refused] }))).toHaveLength(1);
  const unknown = call({ buyer: 3, outcome: 'unknown', status: 0, orderId: '', tokens: [], startMs: 5, endMs: 50 });
  expect(checkHistory(told({ units: 2, calls: [call({}), refused, unknown] }))).toEqual([]);
});

test('an early expiry, a lost order and a lost payment are found', () => {
  expect(checkHistory(told({ releasedAt: new Map([['a', LATER - 1]]) }))).toEqual([
    'a lost its units before its deadline',
  ]);
  expect(checkHistory(told({ orders: new Map() }))).toEqual(['the order a is gone']);
  const pays = call({ op: 'pays', startMs: 12, endMs: 14, tokens: [] });
  expect(checkHistory(told({ calls: [call({}), pays] }))).toEqual(['a was acknowledged as paid and is CANCELLED']);
});
