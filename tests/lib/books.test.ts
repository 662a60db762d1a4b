import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Books, has, paymentIdOf } from '#lib/payments/index.ts';
import { world } from '#tests/support/world.ts';

async function bank(announces = false) {
  const shop = await world();
  return new Books(shop.models, { announces });
}

function newPayment(amount = 1_250) {
  const orderId = randomUUID();
  return { paymentId: paymentIdOf(orderId), orderId, amount, currency: 'EUR' };
}
const open = (books: Books, { orderId, amount, currency }: ReturnType<typeof newPayment>) =>
  books.open({ key: orderId, orderId, amount, currency });
const kinds = async (books: Books, paymentId: string) => (await books.find(paymentId))?.entries.map(({ kind }) => kind);
const times = <T>(count: number, work: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));

test('a payment that is taken and given back at the same moment is one of them, and the ledger says which', async () => {
  const books = await bank();
  const outcomes = new Set<string>();
  const race = async (round: number) => {
    const payment = newPayment();
    await open(books, payment);
    await books.decide(payment, 'authorized');
    const capture = () => times(4, () => books.capture(payment));
    const giveBack = () => times(4, () => books.void(payment));
    const first = round % 2 ? capture() : giveBack(); // who asks first has the better odds
    const second = round % 2 ? giveBack() : capture();
    const [captured, voided] = (await Promise.all(round % 2 ? [first, second] : [second, first])) as [
      string[],
      string[],
    ];
    const after = (await books.find(payment.paymentId))!;
    expect(has(after, 'captured')).toBe(!has(after, 'voided'));
    expect(after.entries).toHaveLength(2);
    const won = has(after, 'captured') ? 'captured' : 'voided';
    expect(new Set(captured)).toEqual(new Set([won === 'captured' ? 'captured' : 'impossible']));
    expect(new Set(voided)).toEqual(new Set([won]));
    outcomes.add(won);
  };
  for (let batch = 0; batch < 12; batch++) await times(5, race);
  expect(outcomes.size, 'both sides have won').toBe(2);
});

test('every step that is repeated changes nothing and answers as it did', async () => {
  const books = await bank();
  const payment = newPayment();
  const opened = await times(10, () => open(books, payment));
  expect(new Set(opened.map(({ _id }) => _id))).toEqual(new Set([payment.paymentId]));
  expect(opened[0]).toMatchObject({ status: 'open', entries: [] });
  await times(10, () => books.decide(payment, 'authorized'));
  expect(new Set(await times(10, () => books.capture(payment)))).toEqual(new Set(['captured']));
  expect(await kinds(books, payment.paymentId)).toEqual(['authorized', 'captured']);
  expect(new Set(await times(10, () => books.refund(payment)))).toEqual(new Set([true]));
  expect(await kinds(books, payment.paymentId)).toEqual(['authorized', 'captured', 'refunded']);
  expect(await books.capture(payment), 'the money is not there any more').toBe('impossible');
  expect(await books.void(payment), 'too late for that').toBe('captured');
  expect(await open(books, payment)).toMatchObject({ status: 'refunded' });
  expect(await kinds(books, payment.paymentId)).toEqual(['authorized', 'captured', 'refunded']);
});

test("the payer's first word counts, whatever is said at the same moment", async () => {
  const books = await bank();
  for (let round = 0; round < 20; round++) {
    const payment = newPayment();
    if (round % 2) await open(books, payment);
    const said = await times(8, (i) => books.decide(payment, i % 2 ? 'authorized' : 'failed'));
    const after = (await books.find(payment.paymentId))!;
    expect(after.entries).toHaveLength(1);
    expect(new Set(said.map(({ status }) => status))).toEqual(new Set([after.status]));
    const captured = await books.capture(payment);
    expect(captured).toBe(after.status === 'authorized' ? 'captured' : 'impossible');
  }
});

test('a declined payment may be tried again; one that was refused for good may not', async () => {
  const books = await bank();
  const payment = newPayment();
  await open(books, payment);
  await books.decline(payment.paymentId);
  await books.decline(payment.paymentId);
  await books.decide(payment, 'authorized');
  expect(await books.decline(payment.paymentId)).toBeUndefined();
  expect(await kinds(books, payment.paymentId)).toEqual(['declined', 'declined', 'authorized']);

  const refused = newPayment();
  await books.decide(refused, 'failed');
  expect(await books.decide(refused, 'authorized')).toMatchObject({ status: 'failed' });
  expect(await books.capture(refused)).toBe('impossible');
  expect(await books.void(refused)).toBe('voided');
  expect(await books.refund(refused)).toBe(false);
  expect(await kinds(books, refused.paymentId)).toEqual(['failed']);
});

test('a payment that the books have never seen is taken over as authorised; one of another sum is never taken', async () => {
  const books = await bank();
  const unseen = newPayment();
  expect(new Set(await times(10, () => books.capture(unseen)))).toEqual(new Set(['captured']));
  expect(await kinds(books, unseen.paymentId)).toEqual(['authorized', 'captured']);

  const unpaid = newPayment();
  await times(10, () => books.void(unpaid));
  expect(await kinds(books, unpaid.paymentId)).toEqual(['authorized', 'voided']);
  expect(await books.capture(unpaid)).toBe('impossible');

  const payment = newPayment();
  await books.decide(payment, 'authorized');
  expect(await books.capture({ ...payment, amount: 1_251 })).toBe('impossible');
  expect(await books.capture({ ...payment, currency: 'USD' })).toBe('impossible');
  expect(await books.capture(payment)).toBe('captured');
});

test('what the shop has not been told of is found again until it is noted, and never forgotten by a step between', async () => {
  const books = await bank(true);
  const payment = newPayment();
  await open(books, payment);
  const waiting = async () => (await books.unannounced(500)).filter(({ _id }) => _id === payment.paymentId);
  expect(await waiting()).toEqual([]);
  await books.decide(payment, 'authorized');
  const [seen] = await waiting();
  await books.capture(payment);
  await books.noteAnnounced([seen!]);
  const [again] = await waiting();
  expect(again?.entries).toHaveLength(2);
  await books.noteAnnounced([again!]);
  expect(await waiting()).toEqual([]);
});

test('a key that the bank has forgotten makes a second payment of the same order, and both are found by the order', async () => {
  const books = await bank();
  const payment = newPayment();
  await open(books, payment);
  const { orderId, amount, currency } = payment;
  const second = await books.open({ key: orderId, orderId, amount, currency, keyForgotten: true });
  expect(second._id).not.toBe(payment.paymentId);
  expect((await books.ofOrder(orderId, 10)).map(({ _id }) => _id)).toEqual([payment.paymentId, second._id]);
});

test('a payment of a time before the ledger has the entries that its standing tells of', async () => {
  const shop = await world();
  const books = await bank();
  const { paymentId, ...payment } = newPayment();
  await shop.models.sandboxPayments.collection.insertOne({
    _id: paymentId as never,
    ...payment,
    status: 'captured',
    createdAt: new Date(),
  } as never);
  expect(await kinds(books, paymentId)).toEqual(['authorized', 'captured']);
});
