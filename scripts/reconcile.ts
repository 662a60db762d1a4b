import { holdfast } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { refuseToStart } from '#lib/shutdown.ts';

// `npm run reconcile`: repair Redis from MongoDB now, looking at every token; exit 1 when something is left for a human.
try {
  const shop = holdfast();
  await shop.connect();
  let alarms = 0;
  for (const saleId of await shop.truth.saleIds()) {
    const found = await reconcile(shop, saleId, { thorough: true });
    const { rebuilt, committed, restored, expired, released } = found;
    process.stdout.write(
      `${saleId}: ${rebuilt ? 'rebuilt, ' : ''}${committed} committed, ${restored} restored, ${expired} expired, ${released} released\n`,
    );
    for (const why of found.unsound) process.stdout.write(`  did not add up: ${why}\n`);
    for (const alarm of found.alarms) process.stdout.write(`  ALARM ${alarm}\n`);
    alarms += found.alarms.length;
  }
  process.exitCode = alarms > 0 ? 1 : 0;
  await shop.close();
} catch (error) {
  refuseToStart(error);
}
