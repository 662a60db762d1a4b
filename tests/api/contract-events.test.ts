import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { OneSaleAnswer } from '#lib/contract.ts';
import { openShop } from '#tests/api/shop.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();

interface Watching {
  answer: IncomingMessage;
  /** Every sale event so far. */
  events: OneSaleAnswer[];
  stop(): void;
}

/** Watch a sale as a browser's EventSource does. */
function watch(saleId: string, url = shop.web.url): Promise<Watching> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/sales/${saleId}/events`, { agent: false }, (answer) => {
      const events: OneSaleAnswer[] = [];
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        const frames = (text + chunk).split('\n\n');
        text = frames.pop()!;
        for (const frame of frames) {
          const data = /^event: sale\ndata: (.*)$/.exec(frame)?.[1];
          if (data) events.push(JSON.parse(data) as OneSaleAnswer);
        }
      });
      answer.on('error', () => {}); // hung up by the test
      resolve({ answer, events, stop: () => request.destroy() });
    });
    request.on('error', reject);
  });
}

const sees = (watching: Watching, what: string, fits: (event: OneSaleAnswer) => boolean) =>
  until(() => watching.events.some(fits), { what });

/** How many the process says are watching. */
async function watchers(): Promise<number> {
  const { body } = await shop.client.shopper().call<string>('GET', '/api/metrics');
  return Number(/^holdfast_live_clients (\d+)$/m.exec(body)?.[1]);
}

/** How many TCP connections the process has. */
async function connections(): Promise<number> {
  const { body } = await shop.client.shopper().call<string>('GET', '/api/metrics');
  return Number(/^nodejs_active_resources\{type="TCPSocketWrap"\} (\d+)$/m.exec(body)?.[1]);
}

test('who watches a sale sees it at once, then every purchase and every return, without asking', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [2] });
  const watching = await watch(saleId);
  expect(watching.answer).toMatchObject({
    statusCode: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
  await sees(watching, 'the sale as it is', ({ state, products }) => state === 'open' && products[0]?.available === 2);
  const shopper = shop.client.shopper();
  const { body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  await sees(
    watching,
    'a unit in a checkout',
    ({ products }) => products[0]?.available === 1 && products[0].held === 1,
  );
  await shopper.call('POST', `/api/orders/${body.orderId}/cancel`);
  await sees(watching, 'the unit back', ({ products }) => products[0]?.available === 2 && products[0].held === 0);
  const again = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  await shopper.pay(again.body.orderId);
  await sees(watching, 'a unit sold', ({ products }) => products[0]?.available === 1 && products[0].sold === 1);
  await shop.client.admin('PATCH', `/api/sales/${saleId}`, { paused: true });
  await sees(watching, 'the pause', ({ state }) => state === 'paused');
  expect(watching.events[0]).toEqual({
    ...(await shop.client.look(saleId)),
    state: 'open',
    serverTime: expect.any(String),
    products: [expect.objectContaining({ available: 2 })],
  });
  watching.stop();
});

test('who watches one sale hears nothing of another', async () => {
  const [mine, other] = [await shop.client.sale({ units: [3] }), await shop.client.sale({ units: [3] })];
  const watching = await watch(mine.saleId);
  await shop.client.shopper().buyNow([{ productId: other.productIds[0]!, quantity: 1 }]);
  await shop.client.shopper().buyNow([{ productId: mine.productIds[0]!, quantity: 1 }]);
  await sees(watching, 'the own purchase', ({ products }) => products[0]?.held === 1);
  expect(new Set(watching.events.map(({ saleId }) => saleId))).toEqual(new Set([mine.saleId]));
  watching.stop();
});

test('a hundred who watch see the same, cost Redis one subscription, and are forgotten when they leave', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [2] });
  const before = await watchers();
  const crowd = await Promise.all(Array.from({ length: 100 }, () => watch(saleId)));
  expect(await watchers()).toBe(before + 100);
  expect(await shop.redis.pubsub('NUMSUB', `changes:{${saleId}}`)).toEqual([`changes:{${saleId}}`, 1]);
  await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  await Promise.all(crowd.map((one) => sees(one, 'the purchase', ({ products }) => products[0]?.held === 1)));
  for (const one of crowd) one.stop();
  await until(async () => (await watchers()) === before, { what: 'everybody who left is forgotten' });
  await until(async () => (await shop.redis.pubsub('NUMSUB', `changes:{${saleId}}`))[1] === 0, {
    what: 'the subscription has ended',
  });
});

test('asking for the head of a stream leaves nobody watching', async () => {
  const { saleId } = await shop.client.sale();
  const before = await watchers();
  expect(await shop.client.shopper().call('HEAD', `/api/sales/${saleId}/events`)).toMatchObject({ status: 200 });
  await until(async () => (await watchers()) === before, { what: 'nobody watches' });
});

test('a burst of purchases is told in a few updates, and the last one is right', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [200] });
  const watching = await watch(saleId);
  await sees(watching, 'the sale as it is', ({ products }) => products[0]?.available === 200);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 100 }, () => shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }])),
  );
  await sees(watching, 'every purchase', ({ products }) => products[0]?.held === 100);
  const seconds = (performance.now() - started) / 1000;
  expect(watching.events.length).toBeLessThanOrEqual(3 + 4 * seconds);
  watching.stop();
});

test('who watches goes on watching when Redis has restarted', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [2] });
  const watching = await watch(saleId);
  await sees(watching, 'the sale as it is', ({ products }) => products[0]?.available === 2);
  await shop.floor.redis.restart();
  const shopper = shop.client.shopper();
  const buy = () => shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }], 'once');
  await until(async () => (await buy()).status < 300, { what: 'the shop sells again' });
  await sees(watching, 'the purchase', ({ products }) => products[0]?.held === 1);
  watching.stop();
});

test('who never reads is hung up on, so that nobody has more connections than streams that are counted', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const one = (await shop.mongo.collection('products').findOne({ _id: productIds[0] as never }))!;
  const long = Array.from({ length: 300 }, (_, i) => ({
    ...one,
    _id: `${saleId}-${i}`,
    description: 'x'.repeat(2_000),
  }));
  await shop.mongo.collection<{ _id: string }>('products').insertMany(long);
  const [before, connectionsBefore] = [await watchers(), await connections()];
  const port = Number(new URL(shop.web.url).port);
  const deaf = Array.from({ length: 10 }, () => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /api/sales/${saleId}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`),
    );
    socket.on('error', () => {});
    return socket.pause();
  });
  await until(async () => (await watchers()) === before + deaf.length, { what: 'they watch' });
  expect(await connections()).toBeGreaterThanOrEqual(connectionsBefore + deaf.length);
  await until(
    async () => {
      await shop.redis.publish(`changes:{${saleId}}`, '');
      return (await watchers()) === before;
    },
    { what: 'nobody waits for them any more' },
  );
  const gone = async () => (await connections()) < connectionsBefore + deaf.length / 2; // the process makes some of its own
  await until(gone, { what: 'their connections are gone', timeoutMs: 10_000 });
  for (const socket of deaf) socket.destroy();
});
