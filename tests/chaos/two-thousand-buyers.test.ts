import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { expectPromisesKept, expectSound } from '#tests/support/audit.ts';
import { type Choice, crowd } from '#tests/support/buyers.ts';
import { percentile } from '#tests/support/calls.ts';
import { extent } from '#tests/support/extent.ts';
import { replay } from '#tests/support/ledger.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

const BUYERS = extent({ sample: 500, whole: 2_000 });
const UNITS = extent({ sample: 40, whole: 100 });
const HOLD_SECONDS = 2;
const IN_FLIGHT = 120;
const CHOICES: Choice[] = ['pays', 'fails', 'walksAway'];

const RUNS = [
  // The sweep is too slow to keep the first promise: Redis's own events must.
  { events: 'on', sweepSeconds: 5, backWithinMs: 1_000, promise: 'within a second of its deadline' },
  {
    events: 'off',
    sweepSeconds: 1,
    backWithinMs: 2_000,
    promise: 'within a sweep and a second of its deadline, without any event',
  },
];

describe.each(RUNS.slice(0, extent({ sample: 1, whole: 2 })))(
  `${BUYERS} buyers want ${UNITS} units, keyspace events $events`,
  ({ events, sweepSeconds, backWithinMs, promise }) => {
    const time = ruler();
    let floor: ShopFloor;
    let webs: RunningWeb[];
    let look: Witness;

    beforeEach(async () => {
      floor = await shopFloor({ KEYSPACE_EVENTS: events, SWEEP_SECONDS: String(sweepSeconds) });
      [webs] = await Promise.all([
        Promise.all([floor.web(), floor.web()]),
        floor.worker(),
        floor.worker(),
        floor.worker(),
      ]);
      look = await witness(floor);
    });
    afterEach(async () => {
      await look?.close();
      await floor?.close();
    });

    test(`exactly ${UNITS} win, nobody is promised a unit twice, and each unit walked away from can be bought again ${promise}`, async () => {
      const { saleId, productIds } = await webs[0]!.client.sale({ units: [UNITS], holdSeconds: HOLD_SECONDS });
      const productId = productIds[0]!;
      const startMs = performance.now();
      const crowding = crowd(
        webs.map(({ client }) => client),
        { buyers: BUYERS, saleId, productId, inFlight: IN_FLIGHT, attempts: 8, choose: (buyer) => CHOICES[buyer % 3]! },
      );
      await until(async () => (await look.sold(saleId, productId)) > 0, {
        what: 'the sale is in full swing',
        timeoutMs: 90_000,
      });
      const [result] = await Promise.all([crowding, expectSound(floor)]);
      const seconds = (performance.now() - startMs) / 1_000;

      const strange = result.calls.filter(
        ({ status, code }) =>
          !(status === 200 || status === 201 || code === 'OUT_OF_STOCK' || code === 'ORDER_EXPIRED'),
      );
      expect(strange, 'nobody is answered with an error').toEqual([]);
      const winners = result.promised.filter(({ choice, status }) => choice === 'pays' && status === 200);
      const walked = result.promised.filter(({ choice }) => choice === 'walksAway');
      await until(async () => (await webs[0]!.client.look(saleId)).products[0]?.held === 0, {
        what: 'every hold has ended',
      });

      const {
        products: [shelf],
      } = await webs[1]!.client.look(saleId);
      const counted = {
        answers: winners.length,
        redis: await look.sold(saleId, productId),
        mongodb: await look.paid(saleId),
        page: shelf?.sold,
      };
      expect(counted, 'winners by every count').toEqual({ answers: UNITS, redis: UNITS, mongodb: UNITS, page: UNITS });
      expect(new Set(winners.flatMap(({ tokens }) => tokens)).size, 'every winner has a unit of their own').toBe(UNITS);
      expect(result.mostInFlight).toBeGreaterThanOrEqual(IN_FLIGHT / 2);

      const { impossible, mostSold, releasedAt, releases } = replay(await look.ledger(saleId));
      expect(impossible, BROKEN_PROMISE).toEqual([]);
      expect(mostSold).toBe(UNITS);
      expect(
        [...releases].filter(([, times]) => times !== 1),
        'units that came back more than once',
      ).toEqual([]);
      const lateMs = walked.map(
        ({ orderId, deadlineMs }) => (releasedAt.get(orderId) ?? Number.POSITIVE_INFINITY) - deadlineMs,
      );
      expect(Math.min(...lateMs), 'no hold ended early').toBeGreaterThanOrEqual(0);
      const allowedMs = time.allowed(backWithinMs);
      expect(Math.max(...lateMs), 'ms after its deadline until a unit was back').toBeLessThanOrEqual(allowedMs);
      expect(await look.orders.countDocuments({ reason: 'CONFLICT' }), 'token conflicts').toBe(0);
      await expectPromisesKept(floor, look);

      console.log(
        `events ${events}: ${BUYERS} buyers, ${result.calls.length} calls in ${seconds.toFixed(1)} s, at most ${result.mostInFlight} at once; ` +
          `${result.promised.length} holds, ${winners.length} paid, ${walked.length} walked away, back after ${percentile(lateMs, 0.5)} ms (median), ${Math.max(...lateMs)} ms (worst, ${Math.round(allowedMs)} allowed)`,
      );
    });
  },
);
