import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { bankEvent, expectProblem, only, openShop, sendWebhook, signature } from '#tests/api/shop.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();
const now = () => Math.floor(Date.now() / 1000);

async function holdOne(options: Parameters<typeof shop.client.sale>[0] = {}) {
  const { saleId, productIds } = await shop.client.sale(options);
  const shopper = shop.client.shopper();
  const { body: order } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  const status = async () =>
    (await shopper.call<{ status: string; reason: string | null }>('GET', `/api/orders/${order.orderId}`)).body;
  return { saleId, shopper, order, orderId: order.orderId, status };
}

const send = (event: unknown, header?: string | null) => sendWebhook(shop.client, event, header);
const refunds = (orderId: string) => shop.mongo.collection('refunds').find({ orderId }).toArray();
const stored = (orderId: string) => shop.mongo.collection('payment_events').find({ orderId }).toArray();
const inBank = (paymentId: string) => shop.mongo.collection('sandbox_payments').findOne({ _id: paymentId as never });
const units = async (saleId: string) => (await shop.client.look(saleId)).products[0];

test('the bank says "authorised": the order is paid and the money is taken', async () => {
  const { saleId, order, orderId, status } = await holdOne({ units: [2] });
  const event = bankEvent(order);
  expect(await send(event)).toMatchObject({ status: 200, body: { received: true } });
  expect(await status()).toMatchObject({ status: 'PAID' });
  expect(await inBank(event.paymentId)).toMatchObject({ status: 'captured', amount: order.total });
  expect(await units(saleId)).toMatchObject({ available: 1, held: 0, sold: 1 });
  expect(only(await stored(orderId))).toMatchObject({ _id: event.id, done: true, outcome: 'paid' });
});

test('only the bank can say that an order is paid: every other signature is refused and nothing is stored', async () => {
  const { order, orderId, status } = await holdOne();
  const raw = JSON.stringify(bankEvent(order));
  const right = signature(raw);
  const hex = right.split('v1=')[1]!;
  const forged: Record<string, string | null> = {
    none: null,
    'another secret': signature(raw, { secret: 'another-secret-0123456789' }),
    'the admin key as secret': signature(raw, { secret: process.env.ADMIN_API_KEY! }),
    'of another body': signature(`${raw} `),
    'only v0': right.replace('v1=', 'v0='),
    'v0 beside a wrong v1': `t=${now()},v0=${hex},v1=${'0'.repeat(64)}`,
    'of 301 seconds ago': signature(raw, { at: now() - 301 }),
    'of 310 seconds ahead': signature(raw, { at: now() + 310 }),
    'with the time moved after signing': right.replace(/t=\d+/, `t=${now() - 1}`),
    'without a time': `v1=${hex}`,
    'in capitals': right.replace(hex, hex.toUpperCase()),
    'cut short': right.slice(0, -2),
    'longer than it is': `${right}00`,
    twice: `${right},${right}`,
    'not hex': right.replace(hex, 'z'.repeat(64)),
    'negative time': `t=-${now()},v1=${hex}`,
  };
  for (const [name, header] of Object.entries(forged)) {
    expect([name, (await send(raw, header)).status]).toEqual([name, 400]);
    expectProblem(await send(raw, header), 400, 'INVALID_SIGNATURE');
  }
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  expect(await stored(orderId)).toEqual([]);
});

test('a signed message that was changed by a single byte is refused, wherever the byte is', async () => {
  const { order, orderId, status } = await holdOne();
  const raw = JSON.stringify(bankEvent(order));
  const header = signature(raw);
  const changed = Array.from({ length: raw.length }, (_, at) => {
    const bytes = Buffer.from(raw);
    bytes[at]! ^= 1;
    return bytes.toString('latin1');
  });
  const answers = await Promise.all([...changed, raw.slice(1), `${raw}\n`].map((body) => send(body, header)));
  for (const answer of answers) expectProblem(answer, 400, 'INVALID_SIGNATURE');
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  expect(await stored(orderId)).toEqual([]);
  expect(await send(raw, header)).toMatchObject({ status: 200 });
});

test('a signature of which a single byte was changed, left out or doubled is refused, wherever the byte is', async () => {
  const { order, orderId, status } = await holdOne();
  const raw = JSON.stringify(bankEvent(order));
  const header = signature(raw);
  const changed = [...header].flatMap((sign, at) => {
    const [before, after] = [header.slice(0, at), header.slice(at + 1)];
    return ['0', 'f', ',', '=', ''].filter((other) => other !== sign).map((other) => `${before}${other}${after}`);
  });
  const doubled = [...header].map((sign, at) => `${header.slice(0, at)}${sign}${header.slice(at)}`);
  const answers = await Promise.all([...changed, ...doubled].map((other) => send(raw, other)));
  for (const answer of answers) expectProblem(answer, 400, 'INVALID_SIGNATURE');
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  expect(await stored(orderId)).toEqual([]);
});

test('a well-signed message that is no event of the bank is refused and stored nowhere', async () => {
  const { order } = await holdOne();
  const before = await shop.mongo.collection('payment_events').countDocuments();
  const event = bankEvent(order);
  for (const wrong of [
    'no json',
    '',
    '[]',
    'null',
    {},
    { ...event, amount: -1 },
    { ...event, amount: 1.5 },
    { ...event, amount: `${event.amount}` },
    { ...event, amount: 2 ** 53 },
    { ...event, orderId: { $ne: null } },
    { ...event, orderId: 'x' },
    { ...event, id: '' },
    { ...event, id: 'x'.repeat(256) },
    { ...event, id: { $gt: '' } },
    { ...event, paymentId: null },
    { ...event, currency: 'EURO' },
    { ...event, type: '' },
  ]) {
    expectProblem(await send(wrong), 400, 'INVALID_REQUEST');
  }
  expect(await shop.mongo.collection('payment_events').countDocuments()).toBe(before);
});

test('the bank sends one event fifty times at once: it counts once, and every time is acknowledged', async () => {
  const { saleId, order, orderId, status } = await holdOne({ units: [5] });
  const event = bankEvent(order);
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(event)));
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { received: true } });
  expect(await status()).toMatchObject({ status: 'PAID' });
  expect(only(await stored(orderId))).toMatchObject({ done: true, outcome: 'paid' });
  expect(await units(saleId)).toMatchObject({ available: 4, held: 0, sold: 1 });
  expect(await refunds(orderId)).toEqual([]);
});

test('two payments for one order: the first one wins, the second goes back once', async () => {
  const { saleId, order, orderId, status } = await holdOne({ units: [5] });
  const events = [bankEvent(order), bankEvent(order)];
  await Promise.all(
    events.flatMap((event) => [send(event), send(event), send({ ...event, id: `evt-${randomUUID()}` })]),
  );
  expect(await status()).toMatchObject({ status: 'PAID' });
  const lost = only(await refunds(orderId));
  const [kept] = events.filter(({ paymentId }) => paymentId !== String(lost._id));
  expect(await inBank(kept!.paymentId)).toMatchObject({ status: 'captured' });
  expect(await inBank(String(lost._id))).toMatchObject({ status: 'voided' });
  expect(await units(saleId)).toMatchObject({ available: 4, held: 0, sold: 1 });
});

test('money for an order that nobody knows goes back once, and that order can never come to be', async () => {
  const orderId = randomUUID();
  const event = bankEvent({ orderId, total: 900, currency: 'EUR' });
  await Promise.all(Array.from({ length: 10 }, () => send(event)));
  await send({ ...event, id: `evt-${randomUUID()}` });
  expect(only(await refunds(orderId))).toMatchObject({ _id: event.paymentId, amount: 900, status: 'DONE' });
  expect(await inBank(event.paymentId)).toMatchObject({ status: 'voided' });
  expect(await shop.mongo.collection('orders').findOne({ _id: orderId as never })).toMatchObject({
    status: 'CANCELLED',
    tokens: [],
  });
});

test('a wrong amount or currency never pays an order: the money goes back, the hold goes on, and the right sum still buys it', async () => {
  const { order, orderId, status } = await holdOne();
  const wrong = [
    bankEvent(order, { amount: order.total - 1 }),
    bankEvent(order, { amount: order.total + 1 }),
    bankEvent(order, { amount: 0 }),
    bankEvent(order, { currency: 'USD' }),
  ];
  for (const event of wrong) {
    expect(await send(event)).toMatchObject({ status: 200 });
    expect(await status()).toMatchObject({ status: 'RESERVED' });
  }
  expect((await refunds(orderId)).map(({ _id }) => String(_id)).sort()).toEqual(
    wrong.map(({ paymentId }) => paymentId).sort(),
  );
  await send(bankEvent(order));
  expect(await status()).toMatchObject({ status: 'PAID' });
  expect(await refunds(orderId)).toHaveLength(wrong.length);
});

test('"authorised" after the shopper let the order go gives the money back exactly once', async () => {
  const { saleId, shopper, order, orderId, status } = await holdOne({ units: [1] });
  await shopper.call('POST', `/api/orders/${orderId}/cancel`);
  const event = bankEvent(order);
  await Promise.all(Array.from({ length: 20 }, () => send(event)));
  await send({ ...event, id: `evt-${randomUUID()}` });
  expect(only(await refunds(orderId))).toMatchObject({
    _id: event.paymentId,
    amount: order.total,
    status: 'DONE',
  });
  expect(await status()).toMatchObject({ status: 'CANCELLED', reason: 'SHOPPER' });
  expect(await units(saleId)).toMatchObject({ available: 1, held: 0, sold: 0 });
});

test('"failed" ends the hold; "declined, may try again" keeps it; an unknown kind of event changes nothing', async () => {
  const { order, status } = await holdOne();
  for (const type of ['payment.declined', 'payment.something_new', 'charge.dispute']) {
    expect(await send(bankEvent(order, { type }))).toMatchObject({ status: 200 });
    expect(await status()).toMatchObject({ status: 'RESERVED' });
  }
  await send(bankEvent(order, { type: 'payment.failed' }));
  expect(await status()).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_FAILED' });
});

test('"failed" after "authorised" does not take a paid order away', async () => {
  const { order, status } = await holdOne();
  const event = bankEvent(order);
  await send(event);
  await send({ ...event, id: `evt-${randomUUID()}`, type: 'payment.failed' });
  await send(bankEvent(order, { type: 'payment.failed' }));
  expect(await status()).toMatchObject({ status: 'PAID' });
});

test('the bank is heard from anywhere: no origin rule, any content type, no cookie', async () => {
  const { order, status } = await holdOne();
  const raw = JSON.stringify(bankEvent(order));
  const headers = {
    'holdfast-signature': signature(raw),
    origin: 'https://bank.example',
    'sec-fetch-site': 'cross-site',
    'content-type': 'text/plain',
  };
  const answer = await shop.client.shopper().call('POST', '/api/payment/webhook', { raw, headers });
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(await status()).toMatchObject({ status: 'PAID' });
});

test('money that comes after the hold is over goes back, though nobody has looked at the order yet', async () => {
  const { saleId, order, orderId, status } = await holdOne({ units: [1], holdSeconds: 1 });
  await until(async () => (await shop.redis.exists(`timer:{${saleId}}:${orderId}`)) === 0, {
    what: 'the hold is over',
  });
  await send(bankEvent(order));
  expect(await status()).toMatchObject({ status: 'CANCELLED', reason: 'EXPIRED' });
  expect(only(await refunds(orderId))).toMatchObject({ status: 'DONE' });
  expect(await units(saleId)).toMatchObject({ available: 1, held: 0, sold: 0 });
});

test('money that was sent back never pays the order later, even when the same payment is announced again', async () => {
  const { order, orderId, status } = await holdOne();
  const wrong = bankEvent(order, { amount: order.total - 1 });
  await send(wrong);
  await send({ ...wrong, id: `evt-${randomUUID()}`, amount: order.total });
  expect(await inBank(wrong.paymentId)).toMatchObject({ status: 'voided' });
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  expect(await refunds(orderId)).toHaveLength(1);
});
