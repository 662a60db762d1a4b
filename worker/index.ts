import { randomUUID } from 'node:crypto';
import { env } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { holdfast } from '#lib/process.ts';
import { refuseToStart } from '#lib/shutdown.ts';
import { patiently } from '#lib/unavailable.ts';
import { listenForExpired } from '#worker/on-expired.ts';
import { schedule } from '#worker/schedule.ts';
import { stopOnSignal } from '#worker/shutdown.ts';
import { startUp } from '#worker/startup.ts';

/** One worker. Any number may run: everything it does is idempotent, and none of it is needed twice. */
try {
  const { KEYSPACE_EVENTS, SWEEP_SECONDS } = env();
  const shop = holdfast();
  const workerId = randomUUID();
  stopOnSignal(shop, workerId);
  await shop.boot();
  if (KEYSPACE_EVENTS === 'on') await listenForExpired(shop);
  schedule(shop, workerId, SWEEP_SECONDS);
  await patiently('looking at every sale', () => startUp(shop));
  log().info({ workerId, keyspaceEvents: KEYSPACE_EVENTS, sweepSeconds: SWEEP_SECONDS }, 'worker is ready');
} catch (error) {
  refuseToStart(error);
}
