import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '#tests/api/shop.ts';
import { type OwnMongo, ownMongo } from '#tests/support/own-mongo.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';

let mongo: OwnMongo;
let floor: ShopFloor;
let web: RunningWeb;

beforeAll(async () => {
  mongo = await ownMongo();
  floor = await shopFloor({ MONGODB_URI: mongo.server.url, LOG_LEVEL: 'silent' });
  web = await floor.web();
});
afterAll(async () => {
  await floor?.close();
  await mongo?.close();
});

test('whose very first checkout ends in a 503 is the same customer at the repeat, with the same hold', async () => {
  const { saleId, productIds } = await web.client.sale({ units: [5], holdSeconds: 600 });
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const shopper = web.client.shopper();
  const key = randomUUID();
  await mongo.stumble('insert', { closeConnection: true }, 'orders');
  const first = await shopper.buyNow(items, key);
  expectProblem(first as never, 503, 'UNAVAILABLE');
  expect(first.headers['set-cookie']).toEqual([expect.stringMatching(/^holdfast-guest=guest-/)]);
  const guest = shopper.cookie;
  await mongo.calm();

  const again = await shopper.buyNow(items, key);
  expect([200, 201]).toContain(again.status);
  expect(again.headers['set-cookie']).toBeUndefined();
  expect(shopper.cookie).toBe(guest);
  expect((await shopper.buyNow(items, key)).body.orderId).toBe(again.body.orderId);
  expect((await shopper.call('GET', `/api/orders/${again.body.orderId}`)).status).toBe(200);
  expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 4, held: 1, sold: 0 });
});
