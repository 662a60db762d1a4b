import { expect, test } from 'vitest';
import { audit } from '#lib/audit/index.ts';
import { checkout, expire, type Order } from '#lib/orders/index.ts';
import { type PaymentEvent, receive } from '#lib/payments/index.ts';
import { type HoldfastProcess, holdfast } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { extent } from '#tests/support/extent.ts';
import { replay, toLedger } from '#tests/support/ledger.ts';
import { checkoutRequest, freshSale, world } from '#tests/support/world.ts';

/** `npm run chaos -- races` asks for more. */
const RACES = Number(process.env.HOLDFAST_RACES ?? extent({ sample: 300, whole: 2_000 }));
/** A hundred at a time, a second and a little each; beside other work several times as long. */
const TIMEOUT_MS = 60_000 + RACES * 60;
/** Races run side by side, each at a moment of its own. */
const LANES = 100;
/** The hold ends this much before its expiry is first tried, so that the try is under way at the deadline itself. */
const EARLY_MS = 4;
/** A payment comes within this of the moment that is aimed at. */
const SPREAD_MS = 12;
/** How far the aim moves after each race, against whoever won it. */
const STEP_MS = 0.5;

/**
 * Confirm against expire. Over HTTP the moment could not be aimed at, so the two verbs that a web process and a worker would
 * run are called here, by two sets of connections (each side has its own ioredis and MongoDB client, as two processes have):
 * only Redis and MongoDB order their steps. A web receives the payment (inbox, settle) at the deadline plus an aim that
 * drifts against the last winner; a worker tries to expire the order from just before the deadline until it is decided.
 */
test(`${RACES} payments come in the very moment in which their hold runs out: each is paid or expired, never both, never neither`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const web = await world();
  const worker = await anotherProcess();
  const sale = await freshSale(web, { units: [RACES], holdSeconds: 1 });
  const won = { paid: 0, expired: 0, late: 0 };
  let aimMs = 0;
  let begun = 0;

  const race = async () => {
    const placed = await checkout(web, checkoutRequest(sale));
    if (placed.status !== 'reserved') throw new Error(placed.status);
    const { order } = placed;
    const payAt = order.deadlineMs + aimMs + (2 * Math.random() - 1) * SPREAD_MS;
    const [settled, ended] = await Promise.all([
      moment(payAt).then(() => receive(web, authorized(order))),
      moment(order.deadlineMs - EARLY_MS).then(() => expireUntilDecided(worker, order)),
    ]);
    const decided = (await web.orders.find(order.orderId))!;
    const outcome = {
      settled: settled === 'stored before' ? settled : settled.status,
      expire: ended,
      order: decided.status,
      reason: decided.reason,
    };
    if (decided.status === 'PAID') {
      expect(outcome).toEqual({ settled: 'paid', expire: 'paid', order: 'PAID', reason: null });
      won.paid += 1;
      if (decided.paidAtMs! >= order.deadlineMs) won.late += 1;
      aimMs += STEP_MS;
    } else {
      expect(outcome).toEqual({ settled: 'lost', expire: 'expired', order: 'CANCELLED', reason: 'EXPIRED' });
      won.expired += 1;
      aimMs -= STEP_MS;
    }
  };
  const lane = async () => {
    while (begun++ < RACES) await race();
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await worker.close();
  }

  console.log(
    `${RACES} races: ${won.paid} paid (${won.late} found in time and written after the deadline), ${won.expired} expired; payments aimed at ${aimMs.toFixed(1)} ms from the deadline at last`,
  );
  expect(won.paid + won.expired).toBe(RACES);
  // The aim follows the winners. On a busy machine a few hundred races may not bring it near.
  const share = extent({ sample: 0, whole: 1 / 5 });
  expect(Math.min(won.paid, won.expired), 'each side wins its share').toBeGreaterThanOrEqual(RACES * share);

  const [productId] = sale.productIds as [string];
  const { products } = (await web.inventory.counts(sale.saleId, [productId])) as { products: Record<string, object> };
  expect(products[productId]).toMatchObject({ available: won.expired, held: 0, sold: won.paid, minted: RACES });
  expect(await web.models.sandboxPayments.countDocuments({ status: 'captured' }), 'charged').toBe(won.paid);
  expect(await web.models.sandboxPayments.countDocuments({ status: 'voided' }), 'given back').toBe(won.expired);
  expect(await web.models.refunds.countDocuments({ status: 'DONE', attempts: 1 })).toBe(won.expired);
  expect(await web.models.refunds.countDocuments()).toBe(won.expired);
  const { impossible, releases } = replay(toLedger(await web.redis.xrange(keys.ledger(sale.saleId), '-', '+')));
  expect(impossible, BROKEN_PROMISE).toEqual([]);
  expect([...releases.values()].filter((times) => times !== 1)).toEqual([]);
  expect((await audit(web)).violations).toEqual([]);
});

/** A worker sees the timer's event, or sweeps, or both: it tries until the order is decided. */
async function expireUntilDecided(worker: HoldfastProcess, { saleId, orderId }: Order): Promise<string> {
  for (;;) {
    const { status } = await expire(worker, saleId, orderId);
    if (status !== 'notDue') return status;
  }
}

const authorized = ({ orderId, total: amount, currency }: Order): PaymentEvent => ({
  eventId: `event-${orderId}`,
  type: 'payment.authorized',
  paymentId: `pay-${orderId}`,
  orderId,
  amount,
  currency,
});

/** Resolves at a moment of the clock that this machine and its Redis share. */
const moment = (atMs: number) => new Promise((resolve) => setTimeout(resolve, atMs - Date.now()));

/** A second set of connections over the same Redis and MongoDB, as another process would have. */
async function anotherProcess(): Promise<HoldfastProcess> {
  const place = globalThis as { [key: symbol]: unknown };
  const symbol = Symbol.for('holdfast');
  const first = place[symbol];
  place[symbol] = undefined;
  const second = holdfast();
  place[symbol] = first;
  await second.boot();
  return second;
}
