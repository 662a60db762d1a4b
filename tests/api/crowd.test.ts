import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openShop } from '#tests/api/shop.ts';
import { exchange } from '#tests/support/http.ts';

/** Behind one proxy, so that readers have many addresses and no rate slows them. */
const shop = openShop({ env: { RATE_LIMIT: 'on', TRUSTED_PROXY_HOPS: '1' } });
const READERS = 120;
const UNITS = 18;
const CHECKOUTS = 24;
const BUYERS = 4;
/** A checkout asks Redis and MongoDB several times, and each answer waits for its turn among the reads: two or three in all. */
const TURNS = 8;

const median = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!;

test('a crowd that reads pages and catalog without stopping refuses nobody a checkout, nor starves it', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [UNITS] });
  const paths = ['/', `/sales/${saleId}`, `/api/sales/${saleId}`, '/api/products', '/cart', '/api/sales'];
  const reads: number[] = [];
  const readStatuses = new Set<number>();
  let over = false;
  /** Calls on a connection that is kept, as someone at this address. */
  const timed = async (i: number, method: string, path: string, body?: object) => {
    const began = performance.now();
    const { status } = await exchange(shop.web.url, method, path, {
      body,
      headers: { 'x-forwarded-for': `198.51.100.${i}` },
    });
    return { status, tookMs: performance.now() - began };
  };
  const crowd = Array.from({ length: READERS }, async (_, i) => {
    for (let n = i; !over; n++) {
      const { status, tookMs } = await timed(i, 'GET', paths[n % paths.length]!);
      readStatuses.add(status);
      reads.push(tookMs);
    }
  });
  while (reads.length < READERS * 3) await nextTurn(); // every shell and view is made, and the crowd is at work
  reads.length = 0;
  const waiting = Array.from({ length: CHECKOUTS }).values();
  const checkouts: Awaited<ReturnType<typeof timed>>[] = [];
  const buyer = async (_: unknown, i: number) => {
    const body = { items: [{ productId: productIds[0]!, quantity: 1 }] };
    for (const _ of waiting) checkouts.push(await timed(i, 'POST', '/api/checkout', body));
  };
  await Promise.all(Array.from({ length: BUYERS }, buyer));
  over = true;
  await Promise.all(crowd);

  const count = (wanted: number) => checkouts.filter(({ status }) => status === wanted).length;
  expect({ held: count(201), soldOut: count(409) }).toEqual({ held: UNITS, soldOut: CHECKOUTS - UNITS });
  expect([...readStatuses]).toEqual([200]);
  const took = median(checkouts.map(({ tookMs }) => tookMs));
  expect(took / median(reads)).toBeLessThan(TURNS);
});
