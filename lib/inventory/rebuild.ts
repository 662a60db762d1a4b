import type { InventoryScripts } from '#lib/inventory/scripts.ts';
import type { LiveOrder, RebuildStep, SaleSettings } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';

/** What MongoDB knows of a sale, read while Redis sells nothing of it. */
export interface SaleTruth {
  /** Settings, units minted of each product, and the number of this rebuild (one more than the last). */
  load(): Promise<{ settings: SaleSettings; minted: Record<string, number>; epoch: number }>;
  /** Every RESERVED and PAID order of the sale, in batches. */
  liveOrders(): AsyncIterable<LiveOrder[]>;
}

export type Rebuilt = 'ready' | Exclude<RebuildStep, 'done'>;

/**
 * Write a sale that Redis does not know (any more) anew from MongoDB, in bounded steps behind a fence.
 * While it runs, checkout answers "not ready"; when the last step has run, the sale sells again.
 * @param rebuildId fresh and random: its fence
 * @returns `fenced` when another rebuilder was or became the owner, `alreadyReady` when there was nothing to do,
 *   `incomplete` when Redis lost a step of it (begin again)
 */
export async function rebuild(
  scripts: InventoryScripts,
  saleId: string,
  rebuildId: string,
  truth: SaleTruth,
): Promise<Rebuilt> {
  if (!(await scripts.rebuildStart(saleId, rebuildId))) return 'fenced';
  const stopped = await writeAnew(scripts, saleId, rebuildId, truth);
  return stopped === 'done' ? 'ready' : stopped;
}

async function writeAnew(
  scripts: InventoryScripts,
  saleId: string,
  rebuildId: string,
  truth: SaleTruth,
): Promise<RebuildStep> {
  for (;;) {
    const { step, cleared } = await scripts.rebuildClear(saleId, rebuildId);
    if (step !== 'done') return step;
    if (cleared === 0) break;
  }
  const { settings, minted, epoch } = await truth.load();
  for await (const orders of truth.liveOrders()) {
    const steps = await Promise.all(orders.map((order) => scripts.rebuildOrder(saleId, rebuildId, order)));
    const stopped = steps.find((step) => step !== 'done');
    if (stopped) return stopped;
  }
  for (const [productId, units] of Object.entries(minted)) {
    for (let first = 1; first <= units; first += LIMITS.rebuildStockChunk) {
      const last = Math.min(units, first + LIMITS.rebuildStockChunk - 1);
      const step = await scripts.rebuildStock(saleId, rebuildId, productId, first, last);
      if (step !== 'done') return step;
    }
  }
  return scripts.rebuildFinish(saleId, rebuildId, settings, minted, epoch);
}
