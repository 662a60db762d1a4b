import { expect, test } from 'vitest';
import { type Call, noted } from '#tests/support/calls.ts';
import { checkHistory, type Told } from '#tests/support/history.ts';

/** Far ahead of every call here. */
const LATER = performance.timeOrigin + 1_000_000;
const call = (part: Partial<Call>): Call => ({
  op: 'checkout',
  startMs: 0,
  endMs: 10,
  outcome: 'ok',
  status: 201,
  code: '',
  orderId: 'a',
  order: 'RESERVED',
  tokens: ['p-1'],
  deadlineMs: LATER,
  page: '',
  key: '',
  asks: { p: 1 },
  lacks: {},
  retryAfter: 0,
  ...part,
});
const about = (part: Partial<Call>) => call({ tokens: [], asks: {}, deadlineMs: Number.NaN, status: 200, ...part });
const pays = (part: Partial<Call> = {}) => about({ op: 'pays', startMs: 12, endMs: 14, order: 'PAID', ...part });
const refuses = (part: Partial<Call> = {}) =>
  about({ op: 'fails', startMs: 15, endMs: 40, order: 'CANCELLED', ...part });
const cancels = (part: Partial<Call> = {}) => refuses({ op: 'cancels', ...part });
const extended = (part: Partial<Call> = {}) => about({ op: 'extends', startMs: 12, endMs: 14, order: '', ...part });
const noAnswer: Partial<Call> = {
  outcome: 'unknown',
  status: 0,
  code: 'ECONNRESET',
  orderId: '',
  order: '',
  tokens: [],
};
const soldOut = (part: Partial<Call>) =>
  call({ ...part, outcome: 'refused', status: 409, code: 'OUT_OF_STOCK', orderId: '', tokens: [], lacks: { p: 1 } });

type OnRecord = NonNullable<ReturnType<Told['orders']['get']>>;
const cancelled = (...tokens: string[]): OnRecord => ({
  status: 'CANCELLED',
  reason: 'EXPIRED',
  tokens,
  endedMs: LATER,
});
const paid = (...tokens: string[]): OnRecord => ({ status: 'PAID', reason: null, tokens, endedMs: null });
const told = (part: Partial<Told>): Told => ({
  calls: [call({})],
  units: new Map([['p', 1]]),
  orders: new Map([
    ['a', cancelled('p-1')],
    ['b', cancelled('p-1')],
  ]),
  releasedAt: new Map(),
  freeSince: new Map(),
  ...part,
});

test('a quiet history is sound', () => {
  expect(checkHistory(told({}))).toEqual([]);
});

test('a unit promised to another while it was certainly held is found', () => {
  const calls = [call({}), call({ orderId: 'b', startMs: 20, endMs: 30 })];
  expect(checkHistory(told({ calls }))).toEqual(["p-1 was promised to b while it was certainly a's"]);
});

test('a unit that two calls side by side were promised is found: both are certain of it from then on', () => {
  const calls = [call({}), call({ orderId: 'b', startMs: 5, endMs: 30 })];
  expect(checkHistory(told({ calls }))).toEqual(["p-1 was promised to b while it was certainly a's"]);
});

test('a unit whose hold has run out, or may have been let go by then, is not a proof', () => {
  const next = call({ orderId: 'b', startMs: 20, endMs: 30 });
  const ended = call({ deadlineMs: performance.timeOrigin + 15 });
  const orders = new Map([
    ['a', { ...cancelled('p-1'), endedMs: performance.timeOrigin + 16 }],
    ['b', cancelled('p-1')],
  ]);
  expect(checkHistory(told({ calls: [ended, next], orders }))).toEqual([]);
  expect(checkHistory(told({ calls: [call({}), refuses(), next] }))).toEqual([]);
  expect(checkHistory(told({ calls: [call({}), refuses({ ...noAnswer, orderId: 'a' }), next] }))).toEqual([]);
});

test('a sold unit is sold for ever', () => {
  const calls = [call({}), pays(), call({ orderId: 'b', startMs: 2e9, endMs: 2e9 + 1 })];
  const orders = new Map([
    ['a', paid('p-1')],
    ['b', cancelled('p-1')],
  ]);
  expect(checkHistory(told({ calls, orders }))).toEqual(["p-1 was promised to b while it was certainly a's"]);
});

test('"out of stock" with untouched units is found, and not when an unanswered call may have taken them', () => {
  const units = new Map([['p', 2]]);
  const refused = soldOut({ startMs: 20, endMs: 30 });
  const lie = ['"out of stock" was told for 1 of p while enough were free'];
  expect(checkHistory(told({ units, calls: [call({}), refused] }))).toEqual(lie);
  const lostAnswer = call({ ...noAnswer, startMs: 5, endMs: 50, key: 'k' });
  expect(checkHistory(told({ units, calls: [call({}), refused, lostAnswer] }))).toEqual([]);
  const ofCart = call({ ...noAnswer, asks: {} });
  expect(checkHistory(told({ units: new Map([['p', 99]]), calls: [refused, ofCart] }))).toEqual([]);
});

test('an unanswered call whose repeat was answered is that one order, however often it was repeated', () => {
  const refused = soldOut({ startMs: 60, endMs: 70 });
  const first = call({ ...noAnswer, startMs: 0, endMs: 10, key: 'k' });
  const again = call({ startMs: 20, endMs: 30, status: 200, key: 'k' });
  const calls = [first, { ...first, startMs: 11, endMs: 12 }, again, refused];
  expect(checkHistory(told({ units: new Map([['p', 2]]), calls }))).toHaveLength(1);
  expect(checkHistory(told({ units: new Map([['p', 1]]), calls }))).toEqual([]);
});

test('a unit is perhaps taken from the first unanswered call under its key on, not only from the one that was answered', () => {
  const first = call({ ...noAnswer, startMs: 20, endMs: 30, key: 'k' });
  const again = call({ startMs: 60, endMs: 70, status: 200, key: 'k' });
  const between = soldOut({ startMs: 40, endMs: 50 });
  expect(checkHistory(told({ calls: [first, again, between] }))).toEqual([]);
  expect(checkHistory(told({ calls: [first, again, soldOut({ startMs: 5, endMs: 15 })] }))).toHaveLength(1);
  expect(checkHistory(told({ units: new Map([['p', 2]]), calls: [first, again, between] }))).toHaveLength(1);
  const others = call({ ...noAnswer, startMs: 20, endMs: 30, key: 'other' });
  expect(checkHistory(told({ units: new Map([['p', 2]]), calls: [first, again, between, others] }))).toEqual([]);
  const anothers = { ...again, key: 'another' };
  expect(checkHistory(told({ calls: [{ ...anothers, startMs: 60 }, between] }))).toHaveLength(1);
});

test('"out of stock" is a lie after a unit is back, and the truth before', () => {
  const back = { freeSince: new Map([['a', performance.timeOrigin + 100]]) };
  const gone = call({ deadlineMs: performance.timeOrigin + 90 });
  expect(checkHistory(told({ ...back, calls: [gone, soldOut({ startMs: 151, endMs: 160 })] }))).toHaveLength(1);
  expect(checkHistory(told({ ...back, calls: [gone, soldOut({ startMs: 120, endMs: 160 })] }))).toEqual([]);
});

test('an early end is found: in the ledger, in the order, and in an answer', () => {
  expect(checkHistory(told({ releasedAt: new Map([['a', LATER - 1]]) }))).toEqual([
    'a lost its units before its deadline',
  ]);
  expect(checkHistory(told({ calls: [call({}), refuses()], releasedAt: new Map([['a', LATER - 1]]) }))).toEqual([]);
  const orders = new Map([['a', { ...cancelled('p-1'), endedMs: LATER - 1 }]]);
  expect(checkHistory(told({ orders }))).toEqual(['a expired before its deadline']);
  const tooLate = pays({ outcome: 'refused', status: 409, code: 'ORDER_EXPIRED', order: '' });
  expect(checkHistory(told({ calls: [call({}), tooLate] }))).toEqual(['a was called expired before its deadline']);
});

test('a sold unit that came back is found', () => {
  const orders = new Map([['a', paid('p-1')]]);
  expect(checkHistory(told({ calls: [call({}), pays()], orders, releasedAt: new Map([['a', LATER + 1]]) }))).toEqual([
    'a lost its units before its deadline',
  ]);
});

test('a lost order, a lost payment, a payment that nobody made and another unit than the promised one are found', () => {
  expect(checkHistory(told({ orders: new Map() }))).toEqual(['the order a is gone']);
  expect(checkHistory(told({ calls: [call({}), pays()] }))).toEqual(['a was acknowledged as paid and is CANCELLED']);
  const orders = new Map([['a', paid('p-1')]]);
  expect(checkHistory(told({ orders }))).toEqual(['a is PAID and nobody has paid it']);
  expect(checkHistory(told({ orders, calls: [call({}), pays({ ...noAnswer, orderId: 'a' })] }))).toEqual([]);
  expect(checkHistory(told({ orders: new Map([['a', cancelled('p-2')]]) }))).toEqual([
    'a was promised p-1 and is of p-2',
  ]);
});

test('a cancellation ends what was certain, answered or not; a refused one ends nothing', () => {
  const next = call({ orderId: 'b', startMs: 20, endMs: 30 });
  const twice = ["p-1 was promised to b while it was certainly a's"];
  const cancel = (part: Partial<Call>) => checkHistory(told({ calls: [call({}), cancels(part), next] }));
  expect(cancel({})).toEqual([]);
  expect(cancel({ ...noAnswer, orderId: 'a' })).toEqual([]);
  expect(cancel({ outcome: 'refused', status: 403, order: '' })).toEqual(twice);
  expect(cancel({ startMs: 32, endMs: 34 }), 'it came too late to explain it').toEqual(twice);
  const early = { releasedAt: new Map([['a', LATER - 1]]) };
  expect(checkHistory(told({ ...early, calls: [call({}), cancels()] }))).toEqual([]);
  expect(checkHistory(told({ ...early, calls: [call({}), cancels({ outcome: 'refused', order: '' })] }))).toEqual([
    'a lost its units before its deadline',
  ]);
});

test('an order that was acknowledged as cancelled and is not is found', () => {
  const calls = [call({}), pays({ ...noAnswer, orderId: 'a' }), cancels()];
  expect(checkHistory(told({ calls }))).toEqual([]);
  expect(checkHistory(told({ calls, orders: new Map([['a', paid('p-1')]]) }))).toEqual([
    'a was acknowledged as cancelled and is PAID',
  ]);
  expect(checkHistory(told({ calls: [cancels()], orders: new Map() }))).toEqual([
    'a was acknowledged as cancelled and is gone',
  ]);
});

test('an extension moves the certain end, if it was acknowledged', () => {
  const soon = performance.timeOrigin + 100;
  const held = call({ deadlineMs: soon });
  const more = extended({ deadlineMs: soon + 200 });
  const unheard = extended({ ...noAnswer, orderId: 'a' });
  const end = (ms: number) => ({
    orders: new Map([
      ['a', { ...cancelled('p-1'), endedMs: ms }],
      ['b', cancelled('p-1')],
    ]),
    releasedAt: new Map([['a', ms]]),
  });
  const early = ['a lost its units before its deadline', 'a expired before its deadline'];
  expect(checkHistory(told({ ...end(soon + 1), calls: [held, more] }))).toEqual(early);
  expect(checkHistory(told({ ...end(soon + 1), calls: [held, unheard] }))).toEqual([]);
  expect(checkHistory(told({ ...end(soon + 200), calls: [held, more] }))).toEqual([]);
  const next = call({ orderId: 'b', startMs: 120, endMs: 130 });
  const twice = ["p-1 was promised to b while it was certainly a's"];
  expect(checkHistory(told({ ...end(soon + 200), calls: [held, more, next] }))).toEqual(twice);
  expect(checkHistory(told({ ...end(soon + 1), calls: [held, unheard, next] }))).toEqual([]);
  const tooLate = pays({ startMs: 120, endMs: 140, outcome: 'refused', status: 410, code: 'ORDER_EXPIRED', order: '' });
  expect(checkHistory(told({ ...end(soon + 200), calls: [held, more, tooLate] }))).toEqual([
    'a was called expired before its deadline',
  ]);
});

test('a payment that was acknowledged is found lost, also when the checkout had got no answer', () => {
  const died = call({ ...noAnswer, key: 'k' });
  const orders = new Map([['a', paid('p-1')]]);
  expect(checkHistory(told({ calls: [died, pays()], orders }))).toEqual([]);
  expect(checkHistory(told({ calls: [died, pays()], orders: new Map() }))).toEqual(['the order a is gone']);
  expect(checkHistory(told({ calls: [died, pays()] }))).toEqual(['a was acknowledged as paid and is CANCELLED']);
  const shown = about({ op: 'other', startMs: 12, endMs: 14, order: 'PAID' });
  expect(checkHistory(told({ calls: [died, shown], orders }))).toEqual(['a is PAID and nobody has paid it']);
  expect(checkHistory(told({ calls: [died, pays()], orders, releasedAt: new Map([['a', LATER]]) }))).toEqual([
    'a lost its units before its deadline',
  ]);
  const next = call({ orderId: 'b', startMs: 20, endMs: 30 });
  expect(
    checkHistory(told({ calls: [died, pays(), next], orders: new Map(orders).set('b', cancelled('p-1')) })),
  ).toEqual(["p-1 was promised to b while it was certainly a's"]);
  const refused = soldOut({ startMs: 20, endMs: 30 });
  expect(checkHistory(told({ calls: [died, pays(), refused], orders })), 'its unit was perhaps taken').toEqual([]);
});

test.each([
  ['/api/checkout', 'checkout', ''],
  ['/api/orders/o-1/cancel', 'cancels', 'o-1'],
  ['/api/orders/o-1/extend', 'extends', 'o-1'],
  ['/api/orders/o-1/receipt', 'other', ''],
  ['/api/payment/start', 'extends', ''],
])('a call of %s is noted as "%s"', async (path, op, orderId) => {
  const expiresAt = '2030-01-01T00:00:00.000Z';
  const request = { path, body: undefined, headers: {} };
  const { call } = await noted(request, async () => ({ status: 200, headers: {}, body: { expiresAt } }));
  expect(call).toMatchObject({ op, orderId, outcome: 'ok', deadlineMs: Date.parse(expiresAt) });
});
