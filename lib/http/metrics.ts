import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { HoldfastProcess } from '#lib/process.ts';

const PLACE = Symbol.for('holdfast.metrics');

/**
 * The process's figures and every sale's units, in Prometheus's text format. However many ask at once, there is one look at a
 * time: another one would empty the gauges that this one has filled.
 */
export async function metrics(shop: HoldfastProcess): Promise<Response> {
  const made = instruments();
  made.looking ??= look(shop, made).finally(() => (made.looking = undefined));
  return new Response(await made.looking, {
    headers: { 'content-type': made.registry.contentType, 'cache-control': 'no-store' },
  });
}

async function look(shop: HoldfastProcess, { registry, units, watching, alarms }: Instruments): Promise<string> {
  units.reset();
  alarms.reset();
  for (const { kind, open } of await shop.alarms.counts().catch(() => [])) alarms.set({ kind }, open);
  watching.set(shop.events.clients);
  for (const sale of await shop.catalog.sales()) {
    const { answer } = await shop.live.look(sale);
    for (const { productId, available, held, sold } of answer.products) {
      if (available === null || held === null || sold === null) continue;
      const labels = { sale: sale._id, product: productId };
      units.set({ ...labels, state: 'free' }, available);
      units.set({ ...labels, state: 'held' }, held);
      units.set({ ...labels, state: 'sold' }, sold);
    }
  }
  return registry.metrics();
}

interface Instruments extends ReturnType<typeof make> {
  /** What the look that is under way will answer. */
  looking?: Promise<string> | undefined;
}

function instruments(): Instruments {
  const place = globalThis as { [PLACE]?: Instruments };
  place[PLACE] ??= make();
  return place[PLACE];
}

function make() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const units = new Gauge({
    name: 'holdfast_units',
    help: 'Units of a product by state',
    labelNames: ['sale', 'product', 'state'],
    registers: [registry],
  });
  const watching = new Gauge({ name: 'holdfast_live_clients', help: 'Open event streams', registers: [registry] });
  const alarms = new Gauge({
    name: 'holdfast_open_alarms',
    help: 'What a human must look at, by kind',
    labelNames: ['kind'],
    registers: [registry],
  });
  return { registry, units, watching, alarms };
}
