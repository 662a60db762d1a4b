import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { env, MisconfiguredError } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { connectMongo, keepConnecting } from '#lib/mongo/connect.ts';
import { ensureSandboxIndexes } from '#lib/mongo/indexes.ts';
import { models } from '#lib/mongo/models.ts';
import { onShutdown, refuseToStart } from '#lib/shutdown.ts';
import { patiently } from '#lib/unavailable.ts';
import { type Bank, makeBank } from '#sandbox/bank.ts';
import { type FaultSettings, parseFaults } from '#sandbox/faults.ts';
import { bankServer } from '#sandbox/server.ts';

/** The sandbox's bank: one process with books of its own. It knows the shop by HTTP alone, as a real provider would. */
try {
  const settings = env();
  if (settings.PAYMENT_PROVIDER !== 'sandbox')
    throw new MisconfiguredError(`PAYMENT_PROVIDER is ${settings.PAYMENT_PROVIDER}: this shop has no test bank`);
  const faults = faultsOf(settings.SANDBOX_FAULTS ?? '');
  const mongo = connectMongo();
  const db = models(mongo);
  let bank: Bank | undefined;
  const server = bankServer(() => bank);
  server.on('error', refuseToStart);
  onShutdown(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await bank?.webhooks.stop();
    await closed;
    await mongo.close();
  });
  await new Promise<void>((resolve) => server.listen(settings.SANDBOX_PORT, resolve));
  const { port } = server.address() as AddressInfo;
  await keepConnecting(mongo, settings.MONGODB_URI);
  await patiently('making the indexes', () => ensureSandboxIndexes(db));
  bank = makeBank(settings, db, settings.SANDBOX_URL ?? `http://localhost:${port}`, faults);
  bank.webhooks.start();
  log().info({ port }, 'bank is ready');
} catch (error) {
  refuseToStart(error);
}

/** @throws {MisconfiguredError} */
function faultsOf(text: string): FaultSettings {
  try {
    return parseFaults(text);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new MisconfiguredError(`SANDBOX_FAULTS is wrong (see docs/money.md):\n${z.prettifyError(error)}`);
  }
}
