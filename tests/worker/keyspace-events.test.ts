import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '#lib/redis/keys.ts';
import { expectSound } from '#tests/support/audit.ts';
import { replay } from '#tests/support/ledger.ts';
import { type Running, type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** So slow a sweep that whatever happens soon was not its doing. */
const NO_SWEEP = { SWEEP_SECONDS: '59' };
const EXPIRED = '__keyevent@0__:expired';

describe('a worker that hears Redis say that a timer has expired', () => {
  const time = ruler();
  let floor: ShopFloor;
  let web: RunningWeb;
  let worker: Running;
  let look: Witness;

  beforeAll(async () => {
    floor = await shopFloor(NO_SWEEP);
    [web, worker] = await Promise.all([floor.web(), floor.worker()]);
    look = await witness(floor);
  });
  afterAll(async () => {
    await look?.close();
    await floor?.close();
  });

  const orders = () => look.orders.countDocuments();

  /** Holds `units` units, nobody pays, and everything is on the shelf again. */
  async function walkAway(units: number) {
    const sale = await web.client.sale({ units: [units], holdSeconds: 1 });
    const items = [{ productId: sale.productIds[0]!, quantity: 1 }];
    const held = await Promise.all(
      Array.from({ length: units }, () => web.client.shopper().buyNow(items, randomUUID())),
    );
    expect(held.map(({ status }) => status)).toEqual(held.map(() => 201));
    await until(async () => (await web.client.look(sale.saleId)).products[0]?.available === units, {
      what: 'every unit is back',
    });
    const { releasedAt, releases } = replay(await look.ledger(sale.saleId));
    expect([...releases.values()].filter((times) => times !== 1)).toEqual([]);
    return held.map(({ body }) => releasedAt.get(body.orderId)! - Date.parse(body.expiresAt));
  }

  test('puts a unit back within a second of its deadline, long before the sweep', async () => {
    const lateMs = await walkAway(20);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateMs)).toBeLessThanOrEqual(time.allowed(1_000));
    await expectSound(floor);
  });

  test('does so too in a Redis that remembers the keys of 5,000 earlier orders', async () => {
    const day = 24 * 60 * 60 * 1_000;
    const earlier = look.redis.pipeline();
    for (let order = 0; order < 5_000; order++)
      earlier.set(keys.idem('last-week', 'guest', randomUUID()), randomUUID(), 'PX', day);
    await earlier.exec();
    expect(Math.max(...(await walkAway(20)))).toBeLessThanOrEqual(time.allowed(1_000));
    await expectSound(floor);
  });

  test('does so again after its connection was cut, as often as that happens', async () => {
    const subscribed = async () => {
      const clients = String(await look.redis.client('LIST', 'TYPE', 'PUBSUB'));
      return clients.split('\n').find((client) => / name=holdfast-expired .* sub=1 psub=1 /.test(client));
    };
    for (let cut = 0; cut < 3; cut++) {
      const before = await until(subscribed, { what: 'it listens' });
      const id = / ?id=(\d+) /.exec(before)![1]!;
      await look.redis.client('KILL', 'TYPE', 'PUBSUB');
      await until(async () => (await subscribed())?.includes(`id=${id} `) === false, { what: 'it listens again' });
    }
    expect(Math.max(...(await walkAway(10)))).toBeLessThanOrEqual(time.allowed(1_000));
    await expectSound(floor);
  });

  test("ignores garbage, other tenants' keys and events that are not true", async () => {
    const { saleId, productIds } = await web.client.sale({ units: [2], holdSeconds: 60 });
    const running = await web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
    expect(running.status).toBe(201);
    const before = await orders();

    await look.redis.set(`tenant:${randomUUID()}`, 'x', 'PX', 1); // a true event of somebody else's key
    const stranger = randomUUID();
    for (const key of [
      '',
      'timer',
      'timer:',
      'timer:{}:',
      `timer:{${saleId}}`,
      `timer:{${saleId}}:`,
      `timer:{${saleId}}:not-an-order`,
      `timer:{${saleId}}:${stranger.toUpperCase()}`,
      `timer:{${saleId}}:${stranger}:more`,
      `other:timer:{${saleId}}:${stranger}`,
      `timer:{__proto__}:${stranger}`,
      `timer:{$where}:${stranger}`,
      'x'.repeat(100_000),
      '\u0000\ufffd\n',
      keys.hold(saleId, stranger),
      keys.timer(saleId, stranger), // fits, but nobody holds anything under it
      keys.timer('no-such-sale', stranger),
      keys.timer(saleId, running.body.orderId), // early: its timer still runs
    ]) {
      await look.redis.publish(EXPIRED, key);
      await look.redis.publish(EXPIRED, key); // and twice
    }
    await look.redis.publish(EXPIRED, Buffer.from([0xff, 0xfe, 0x00]));

    await walkAway(1); // heard after all of those
    expect(worker.process.exitCode).toBeNull();
    expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 1, held: 1, sold: 0 });
    expect(await orders(), 'no order or tombstone was made but that of the last hold').toBe(before + 1);
    expect(await look.orders.findOne({ _id: stranger })).toBeNull();
    expect(await look.orders.findOne({ _id: running.body.orderId })).toMatchObject({ status: 'RESERVED' });
    await expectSound(floor);
  });
});
