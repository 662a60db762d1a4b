import { keys } from '#lib/redis/keys.ts';
import type { Call } from '#tests/support/calls.ts';
import type { Witness } from '#tests/support/witness.ts';

/** From when on the timers are gone: later than now, since a timer that is set into the past is deleted without an event. */
const SOON_MS = 20;

/**
 * Move the deadlines of holds to this moment, in Redis, in MongoDB and in what their shoppers were told, in place of waiting
 * for them: shoppers who are to pay in time have all the time that a slow machine takes.
 * @param calls what the shoppers of the floor were told
 */
export async function makeOverdue(
  { redis, orders }: Witness,
  calls: Call[],
  saleId: string,
  orderIds: readonly string[],
): Promise<void> {
  const [seconds, microseconds] = await redis.time();
  const deadlineMs = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000) + SOON_MS;
  const ids = new Set(orderIds);
  await orders.updateMany({ _id: { $in: [...ids] } }, { $set: { deadline: new Date(deadlineMs) } });
  const move = redis.pipeline();
  for (const orderId of ids) {
    move.hset(keys.hold(saleId, orderId), 'deadlineMs', deadlineMs);
    move.zadd(keys.deadlines(saleId), 'XX', deadlineMs, orderId);
    move.pexpireat(keys.timer(saleId, orderId), deadlineMs);
  }
  await move.exec();
  for (const call of calls) if (ids.has(call.orderId) && !Number.isNaN(call.deadlineMs)) call.deadlineMs = deadlineMs;
}
