import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { OrderAnswer, StartPaymentAnswer } from '#lib/contract.ts';
import { holdOne, only } from '#tests/api/shop.ts';
import { openBank } from '#tests/support/open-bank.ts';
import { until } from '#tests/support/until.ts';

const its = openBank();

const due = (total = 4_200) => ({ orderId: randomUUID(), total, currency: 'EUR' });

async function holdAndPay(options?: Parameters<typeof holdOne>[1]) {
  const held = await holdOne(its.web.client, options);
  const { shopper, orderId } = held;
  const status = async () => (await shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`)).body;
  const start = async () => {
    const answer = await shopper.call<StartPaymentAnswer>('POST', '/api/payment/start', { body: { orderId } });
    expect(answer).toMatchObject({ status: 200, body: { pay: { kind: 'page' } } });
    return (answer.body.pay as { url: string }).url;
  };
  return { ...held, status, start };
}

test('the shopper approves on the bank page: the shop hears of it over the network, and takes the money once', async () => {
  const { order, orderId, status, start } = await holdAndPay();
  const answer = await its.bank.choose(await start(), 'approve');
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe(`${its.floor.env.SHOP_URL}/orders/${orderId}`);
  await until(async () => (await status()).status === 'PAID', { what: 'the order is paid' });
  await its.bank.untilTold();
  expect(only(await its.bank.payments(orderId))).toMatchObject({
    standing: 'captured',
    amount: order.total,
    entries: [{ kind: 'authorized' }, { kind: 'captured' }],
  });
  expect(await its.look.events.find({ orderId }).toArray()).toMatchObject([
    { type: 'payment.authorized', done: true },
    { type: 'payment.captured', done: true },
  ]);
});

test('"decline" keeps the hold and may be tried again; "refuse for good" ends it', async () => {
  const { orderId, status, start } = await holdAndPay();
  const page = await start();
  await its.bank.choose(page, 'decline');
  await its.bank.untilTold();
  expect(await status()).toMatchObject({ status: 'RESERVED', declined: true, paymentOpen: true, moneyBack: null });
  expect(await (await fetch(page)).text()).toContain('The last try was declined');
  await its.bank.choose(await start(), 'refuse');
  await until(async () => (await status()).status === 'CANCELLED', { what: 'the order is cancelled' });
  expect(await status()).toMatchObject({ reason: 'PAYMENT_FAILED' });
  await its.bank.choose(page, 'approve');
  expect(only(await its.bank.payments(orderId))).toMatchObject({ standing: 'failed' });
});

test('the bank page shows what is to be paid, works without a script, and says when it is over', async () => {
  const asked = due(123_456);
  const payment = await its.bank.begin(asked);
  const page = await fetch(payment.url);
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(html).not.toMatch(/<script|onclick|http-equiv/);
  for (const text of ['€1,234.56', asked.orderId, 'Approve', 'Decline (you may try again)', 'Refuse for good'])
    expect(html).toContain(text);
  await its.bank.choose(payment.url, 'approve');
  const over = await (await fetch(payment.url)).text();
  expect(over).not.toContain('<form');
  expect(over).toContain(`href="${its.floor.env.SHOP_URL}/orders/${asked.orderId}"`);
});

test('who does not have the whole address of a page can neither see it nor choose', async () => {
  const asked = due();
  const { url, paymentId } = await its.bank.begin(asked);
  const other = new URL((await its.bank.begin(due())).url).searchParams.get('key')!;
  for (const key of ['', 'x', other, `${new URL(url).searchParams.get('key')}x`]) {
    const wrong = new URL(url);
    wrong.searchParams.set('key', key);
    expect((await fetch(wrong)).status).toBe(404);
    expect((await its.bank.choose(wrong.href, 'approve')).status).toBe(404);
  }
  expect((await fetch(`${its.bank.url}/pay/${paymentId}`)).status).toBe(404);
  expect(only(await its.bank.payments(asked.orderId))).toMatchObject({ standing: 'open' });
});

test('the page leads back to the shop and nowhere else', async () => {
  const shop = its.floor.env.SHOP_URL!;
  const port = new URL(shop).port;
  for (const [wanted, location] of [
    [`${shop}/orders/1?x=2`, `${shop}/orders/1?x=2`],
    [`http://localhost:${port}/orders/1`, `http://localhost:${port}/orders/1`],
    ['https://evil.example/orders/1?x=2', `${shop}/orders/1?x=2`],
    [`https://evil.example//evil.example/orders`, `${shop}//evil.example/orders`],
    [`http://127.0.0.1:1/orders/1`, `${shop}/orders/1`],
    [`http://evil@127.0.0.1:${port}/orders/1`, `${shop}/orders/1`],
  ]) {
    const payment = await its.bank.begin(due(), wanted);
    expect((await its.bank.choose(payment.url, 'refuse')).headers.get('location')).toBe(location);
  }
  const { orderId, total: amount, currency } = due();
  const body = { orderId, amount, currency, returnUrl: 'javascript:alert(1)' };
  expect(await its.bank.api('POST', '/v1/payments', body, { 'idempotency-key': orderId })).toMatchObject({
    status: 400,
  });
});

test("the bank's API is for the shop alone, and what does not fit is refused and changes nothing", async () => {
  const { orderId, total: amount, currency } = due();
  const returnUrl = `${its.floor.env.SHOP_URL}/orders`;
  const body = { orderId, amount, currency, returnUrl };
  const key = { 'idempotency-key': orderId };
  const calls: [string, string, unknown?][] = [
    ['POST', '/v1/payments', body],
    ['GET', `/v1/payments?order=${orderId}`],
    ['GET', '/v1/ledger'],
    ['GET', '/v1/faults'],
    ['PUT', '/v1/faults', {}],
    ['POST', `/v1/payments/pay-${orderId}/capture`, { paymentId: `pay-${orderId}`, orderId, amount, currency }],
  ];
  for (const authorization of ['', 'Bearer ', `Bearer ${process.env.SANDBOX_WEBHOOK_SECRET}`, 'Basic x']) {
    for (const [method, path, sent] of calls)
      expect(await its.bank.api(method, path, sent, { ...key, authorization })).toMatchObject({ status: 401 });
  }
  for (const wrong of [
    'no json',
    '[]',
    {},
    { ...body, amount: -1 },
    { ...body, amount: 1.5 },
    { ...body, amount: '1' },
    { ...body, currency: 'EURO' },
    { ...body, orderId: 'x' },
    { ...body, more: 1 },
    { ...body, returnUrl: '/orders' },
  ])
    expect(await its.bank.api('POST', '/v1/payments', wrong, key), JSON.stringify(wrong)).toMatchObject({
      status: 400,
    });
  expect(await its.bank.api('POST', '/v1/payments', body)).toMatchObject({ status: 400 });
  expect(await its.bank.api('POST', '/v1/payments', 'x'.repeat(70_000), key)).toMatchObject({ status: 413 });
  for (const path of ['/', '/v1', '/v1/nothing', '/v1/payments/%', '/v1/payments/a/b/c', '/pay', '/pay/%00'])
    expect([400, 404]).toContain((await its.bank.api('POST', path, {})).status);
  expect(await its.bank.api('PUT', '/v1/faults', { silent: 2 })).toMatchObject({ status: 400 });
  expect(await its.bank.api('PUT', '/v1/faults', { nonsense: 1 })).toMatchObject({ status: 400 });
  expect(await its.bank.payments(orderId)).toEqual([]);
  expect(await its.bank.api('GET', '/health', undefined, { authorization: '' })).toMatchObject({ status: 200 });
});

test('a payment is begun once, however often and however parallel it is asked for', async () => {
  const asked = due();
  const begun = await Promise.all(Array.from({ length: 20 }, () => its.bank.begin(asked)));
  expect(new Set(begun.map(({ paymentId, url }) => `${paymentId} ${url}`)).size).toBe(1);
  const body = { orderId: randomUUID(), amount: 1, currency: 'EUR', returnUrl: its.floor.env.SHOP_URL };
  const headers = { 'idempotency-key': asked.orderId };
  expect(await its.bank.api('POST', '/v1/payments', body, headers)).toMatchObject({ status: 422 });
});

test('what the bank has not told the shop when it dies, it tells after its restart', async () => {
  const { orderId, status, start } = await holdAndPay();
  const page = await start();
  await its.bank.faults({ lateMs: 2_000 });
  await its.bank.choose(page, 'approve', 'late');
  its.bank.running.signal('SIGKILL');
  await its.bank.running.exit;
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  await its.bank.restart();
  await until(async () => (await status()).status === 'PAID', { what: 'the order is paid' });
  await its.bank.untilTold();
  expect(only(await its.bank.payments(orderId))).toMatchObject({ standing: 'captured' });
});

test("the shop's two buttons need no bank: the order is paid at once, and the money is taken when the bank is back", async () => {
  const [paying, refusing] = [await holdAndPay(), await holdAndPay()];
  await paying.start();
  its.bank.running.signal('SIGKILL');
  await its.bank.running.exit;
  for (let i = 0; i < 2; i++)
    expect(await paying.shopper.pay(paying.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expect(await refusing.shopper.fail(refusing.orderId)).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  expect(await its.look.orders.findOne({ _id: paying.orderId })).toMatchObject({ status: 'PAID', captured: false });
  await its.bank.restart();
  await until(async () => (await its.look.orders.findOne({ _id: paying.orderId }))?.captured, { what: 'captured' });
  expect(only(await its.bank.payments(paying.orderId))).toMatchObject({ standing: 'captured' });
});
