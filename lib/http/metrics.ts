import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { HoldfastProcess } from '#lib/process.ts';

const PLACE = Symbol.for('holdfast.metrics');

/** The process's figures and every sale's units, in Prometheus's text format. */
export async function metrics(shop: HoldfastProcess): Promise<Response> {
  const { registry, units, watching, alarms } = instruments();
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
  return new Response(await registry.metrics(), {
    headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' },
  });
}

function instruments() {
  const place = globalThis as { [PLACE]?: ReturnType<typeof make> };
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
