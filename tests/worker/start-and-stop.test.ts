import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectSound } from '#tests/support/audit.ts';
import { makeOverdue } from '#tests/support/overdue.ts';
import { type OwnMongo, ownMongo } from '#tests/support/own-mongo.ts';
import { type Running, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

const PROGRAMS = ['server.ts', 'worker/index.ts'];
const STOP_MS = 10_000;
/** Starting is mostly computing, and other tests run beside it. */
const REFUSE_MS = 60_000;
const EX_CONFIG = 78;

let mongo: OwnMongo;
let floor: ShopFloor;
let look: Witness;

beforeAll(async () => {
  mongo = await ownMongo();
});
afterAll(() => mongo?.close());
beforeEach(async () => {
  floor = await shopFloor({ MONGODB_URI: mongo.server.url, LOG_LEVEL: 'info', PORT: '0' });
  look = await witness(floor);
});
afterEach(async () => {
  mongo?.server.process.kill('SIGCONT');
  floor?.redis.process.kill('SIGCONT');
  await mongo.calm();
  await look?.db.dropDatabase();
  await look?.close();
  await floor?.close();
});

const ended = ({ process: { exitCode, signalCode } }: Running) => exitCode !== null || signalCode !== null;

/** Ends by itself within `timeoutMs`. @returns its exit and how long it took */
async function end(running: Running, timeoutMs = STOP_MS) {
  const from = performance.now();
  await until(() => ended(running), { what: 'it has ended', timeoutMs });
  return { ...(await running.exit), tookMs: performance.now() - from };
}

describe('a process that must not start says why and ends', () => {
  test('its environment is wrong: each wrong name is said, no value is shown', async () => {
    const wrong: [name: string, value: string, why: RegExp][] = [
      ['ADMIN_API_KEY', '', /is not set/],
      ['NEXTAUTH_SECRET', 'short', /at least 8/],
      ['SWEEP_SECONDS', '0', />=1/],
      ['HOLD_SECONDS', 'long', /number/],
      ['REDIS_URL', 'http://user:hidden@localhost', /redis:\/\//],
      ['MONGODB_URI', 'user:hidden@localhost', /mongodb:\/\//],
      ['KEYSPACE_EVENTS', 'maybe', /"on"\|"off"/],
    ];
    for (const program of PROGRAMS) {
      const running = floor.spawn(program, Object.fromEntries(wrong));
      expect(await end(running, REFUSE_MS)).toMatchObject({ code: EX_CONFIG });
      const lines = running.output().split('\n');
      for (const [name, , why] of wrong) expect(lines.find((line) => line.startsWith(`  ${name}: `))).toMatch(why);
      expect(running.output()).not.toMatch(/hidden|short/);
    }
  });

  test('Redis may throw keys away', async () => {
    await look.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    for (const program of PROGRAMS) {
      const running = floor.spawn(program);
      expect(await end(running, REFUSE_MS)).toMatchObject({ code: EX_CONFIG });
      expect(running.output()).toMatch(/REDIS_URL: .*allkeys-lru.*noeviction/);
    }
  });

  test('the fence of the orders cannot be made, because another index has its name', async () => {
    await look.orders.createIndex({ tokens: 1 }, { name: 'tokens_live' });
    for (const program of PROGRAMS) {
      const running = floor.spawn(program);
      expect(await end(running, REFUSE_MS)).toMatchObject({ code: EX_CONFIG });
      expect(running.output()).toContain('MongoDB index orders.tokens_live cannot be made');
    }
  });

  test('the fence cannot be made, because a unit is in two live orders already', async () => {
    const order = { tokens: ['a-1'], status: 'PAID' };
    await look.db.collection<{ _id: string }>('orders').insertMany([
      { _id: 'one', ...order },
      { _id: 'two', ...order },
    ]);
    for (const program of PROGRAMS) {
      const running = floor.spawn(program);
      expect(await end(running, REFUSE_MS)).toMatchObject({ code: EX_CONFIG });
      expect(running.output()).toContain('MongoDB index orders.tokens_live cannot be made');
    }
  });
});

describe('a process that starts while', () => {
  test('Redis and MongoDB stand still waits for them', async () => {
    mongo.server.process.kill('SIGSTOP');
    floor.redis.process.kill('SIGSTOP');
    const worker = floor.spawn('worker/index.ts');
    await until(() => worker.output().includes('MongoDB is away'), { what: 'it has tried' });
    expect(ended(worker)).toBe(false);
    mongo.server.process.kill('SIGCONT');
    floor.redis.process.kill('SIGCONT');
    await until(() => worker.output().includes('worker is ready'), { what: 'it works' });
  });

  test('MongoDB hangs up on it in the middle tries again', async () => {
    for (const start of [floor.web, floor.worker]) {
      await mongo.stumble('createIndexes', { closeConnection: true });
      await start();
    }
  });
});

test('a web process keeps an idle connection longer than browsers and proxies do, so that none is cut under a request', async () => {
  const web = await floor.web();
  const { headers } = await fetch(`${web.url}/api/health`);
  expect(headers.get('keep-alive')).toBe('timeout=65');
});

describe("a worker's heartbeat", () => {
  test('shows in /api/ready: degraded without any worker, which is no reason to take the shop down', async () => {
    const web = await floor.web();
    const ready = async () => {
      const answer = await fetch(`${web.url}/api/ready`);
      expect(answer.status).toBe(200);
      return (await answer.json()) as { status: string };
    };
    expect(await ready()).toMatchObject({ status: 'degraded', worker: { silentMs: null } });
    const worker = await floor.worker();
    await until(async () => (await ready()).status === 'ok', { what: 'the worker is heard', timeoutMs: 5_000 });
    worker.signal('SIGTERM');
    expect(await end(worker)).toMatchObject({ code: 0 });
    expect(await ready(), 'it has said goodbye').toMatchObject({ status: 'degraded' });
  });
});

describe('a process that is told to stop', () => {
  test('web: lets who is at the till finish, hangs up on who only watches, and ends with 0', async () => {
    const web = await floor.web();
    const { saleId, productIds } = await web.client.sale({ units: [5] });
    const watching = new Promise<void>((resolve, reject) => {
      const stream = request(`${web.url}/api/sales/${saleId}/events`, (answer) =>
        answer.resume().once('close', resolve),
      );
      stream.once('error', reject);
      stream.end();
    });
    const shopper = web.client.shopper();
    await shopper.call('POST', '/api/cart');
    await mongo.stumble('insert', { blockMs: 1_500 });
    const buying = shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
    await until(() => mongo.waits('insert'), { what: 'the order is on its way' });
    web.signal('SIGTERM');
    expect(await buying).toMatchObject({ status: 201 });
    // The shopper's browser would keep its connection for a minute; nobody waits for that.
    expect(await end(web, 1_500)).toMatchObject({ code: 0, signal: null });
    await watching;
    await expect(fetch(`${web.url}/api/health`)).rejects.toThrow();
    await expectSound(floor);
  });

  test('worker: stops in mid-sweep with 0, and another does the rest', async () => {
    const web = await floor.web();
    const { saleId, productIds } = await web.client.sale({ units: [300], holdSeconds: 600 });
    const held = await Promise.all(
      Array.from({ length: 300 }, () => web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }])),
    );
    const orderIds = held.map(({ body }) => body.orderId);
    await makeOverdue(look, floor.calls, saleId, orderIds);
    const first = floor.spawn('worker/index.ts');
    await until(async () => ((await web.client.look(saleId)).products[0]?.available ?? 0) > 0, {
      what: 'it has begun',
      everyMs: 2,
    });
    first.signal('SIGTERM');
    expect(await end(first)).toMatchObject({ code: 0, signal: null });
    await floor.worker();
    await until(async () => (await web.client.look(saleId)).products[0]?.available === 300, {
      what: 'every unit is back',
    });
    await expectSound(floor);
  });

  test('twice: ends at once', async () => {
    const [web, worker] = await Promise.all([floor.web(), floor.worker()]);
    const { productIds } = await web.client.sale({ units: [5] });
    await mongo.stumble('insert', { blockMs: 6_000 });
    const buying = web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
    const hungUp = expect(buying).rejects.toThrow();
    await until(() => mongo.waits('insert'), { what: 'the order is on its way' });
    floor.redis.process.kill('SIGSTOP'); // so that the worker cannot say goodbye
    for (const running of [web, worker]) {
      running.signal('SIGTERM');
      await until(() => running.output().includes('"stopping"'), { what: 'it has heard' });
      expect(ended(running)).toBe(false);
      running.signal('SIGTERM');
      expect(await end(running, 1_000)).toMatchObject({ code: 1 });
    }
    await hungUp;
  });

  test('while Redis and MongoDB stand still: ends within ten seconds', async () => {
    const both = await Promise.all([floor.web(), floor.worker()]);
    mongo.server.process.kill('SIGSTOP');
    floor.redis.process.kill('SIGSTOP');
    for (const running of both) running.signal('SIGTERM');
    for (const running of both) await end(running);
  });
});
