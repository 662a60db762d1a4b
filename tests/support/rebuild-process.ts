import { holdfast } from '#lib/process.ts';
import { rebuildSale } from '#lib/reconcile/index.ts';

// A rebuilder of its own process: rebuild one sale again and again until it is ready. Killed by the test in the middle.
const [saleId] = process.argv.slice(2);
const shop = holdfast();
await shop.connect();
process.stdout.write('begins\n');
for (let outcome = ''; outcome !== 'ready' && outcome !== 'alreadyReady'; ) {
  outcome = await rebuildSale(shop, saleId!);
  if (outcome !== 'fenced') process.stdout.write(`${outcome}\n`);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await shop.close();
