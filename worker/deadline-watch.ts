import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { sweep } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/**
 * Sweeps a sale at the moment at which its next hold runs out. Redis tells of an expired key when it comes upon it, and among
 * many keys with a lifetime (each remembered idempotency key is one) that takes it seconds; a look at the key makes it tell.
 * Like the event itself this is no more than prompt: what it misses, the next sweep finds.
 */
export class DeadlineWatch {
  readonly #shop: HoldfastProcess;
  /** sale → the timer that runs out at its next deadline; `looking` while the next deadline is being asked for, `again` when something changed meanwhile */
  readonly #sales = new Map<string, 'looking' | 'again' | NodeJS.Timeout>();
  #closed = false;

  constructor(shop: HoldfastProcess) {
    this.#shop = shop;
  }

  /** A hold of this sale may be new. Cheap when the sale is watched already. */
  watch(saleId: string): void {
    const state = this.#sales.get(saleId);
    if (state === 'looking') this.#sales.set(saleId, 'again');
    if (state !== undefined || this.#closed) return;
    this.#sales.set(saleId, 'looking');
    this.#arm(saleId, 0).catch((err: unknown) => this.#giveUp(saleId, err));
  }

  close(): void {
    this.#closed = true;
    for (const state of this.#sales.values()) if (typeof state === 'object') clearTimeout(state);
    this.#sales.clear();
  }

  /** @param pauseMs how long it stays silent at least; not 0 when it has just swept */
  async #arm(saleId: string, pauseMs: number): Promise<void> {
    const [next] = await this.#shop.inventory.holdsPage(saleId, 0, 1);
    const nowMs = await this.#shop.redisNowMs();
    if (this.#closed) return;
    const leftMs = next && next.deadlineMs - nowMs;
    const changed = this.#sales.get(saleId) === 'again';
    // Still overdue after the sweep: whatever keeps it so, the next sweep goes on.
    if (leftMs === undefined || (leftMs <= 0 && pauseMs > 0)) {
      this.#sales.delete(saleId);
      if (changed) this.watch(saleId);
      return;
    }
    const waitMs = Math.min(Math.max(leftMs + 1, pauseMs), LIMITS.deadlineWatchMostMs);
    this.#sales.set(
      saleId,
      setTimeout(() => this.#sweep(saleId).catch((err: unknown) => this.#giveUp(saleId, err)), waitMs),
    );
  }

  async #sweep(saleId: string): Promise<void> {
    this.#sales.set(saleId, 'looking');
    await sweep(this.#shop, saleId);
    await this.#arm(saleId, LIMITS.deadlineWatchPauseMs);
  }

  #giveUp(saleId: string, err: unknown): void {
    log().debug({ err, saleId }, 'left to the next sweep');
    this.#sales.delete(saleId);
  }
}
