import type { Redis } from 'ioredis';
import { changing } from '#lib/inventory/calls/changing.ts';
import { holding } from '#lib/inventory/calls/holding.ts';
import { listing, looking } from '#lib/inventory/calls/looking.ts';
import { rebuilding } from '#lib/inventory/calls/rebuilding.ts';
import { defineScripts } from '#lib/inventory/lua.ts';
import type {
  Extended,
  ExtendReason,
  HoldKeys,
  HoldLook,
  Inspected,
  LiveOrder,
  RebuildStep,
  Reserved,
  ReserveRequest,
  SaleCounts,
  SaleSettings,
} from '#lib/inventory/types.ts';

/**
 * The typed script calls: the only place that speaks Lua's words, and the seam at which tests put another world.
 * Each call is one atomic step by Redis's clock; it throws when Redis cannot be asked, and then nobody knows whether it ran.
 */
export interface InventoryScripts {
  reserve(request: ReserveRequest): Promise<Reserved>;
  release(
    hold: HoldKeys,
  ): Promise<{ status: 'released'; units: number } | { status: 'absent' | 'changed' | 'saleNotReady' }>;
  /** @param otherHolds orders whose holds may lose tokens to this PAID order */
  commit(
    saleId: string,
    order: LiveOrder,
    otherHolds: string[],
  ): Promise<
    | { status: 'committed'; newlySold: number }
    | { status: 'again'; orderIds: string[] }
    | { status: 'soldToAnother'; token: string; orderId: string }
    | { status: 'changed' | 'saleNotReady' }
  >;
  /** @param from the order whose hold may lose tokens, or empty */
  restore(
    saleId: string,
    order: LiveOrder,
    from: string,
  ): Promise<{ status: 'restored'; back: number; missing: number } | { status: 'saleNotReady' }>;
  extend(saleId: string, orderId: string, reason: ExtendReason): Promise<Extended>;
  /** Push up to LIMITS.tokensPerMintScript tokens. @returns the watermark after it */
  mint(
    saleId: string,
    productId: string,
    minted: number,
  ): Promise<{ status: 'minted'; watermark: number } | { status: 'saleNotReady' }>;
  configure(
    saleId: string,
    settings: SaleSettings,
  ): Promise<{ status: 'configured'; differed: number } | { status: 'saleNotReady' }>;
  readHold(saleId: string, orderId: string): Promise<HoldLook>;
  /** Overdue orders, oldest deadline first, at most LIMITS.dueBatch. */
  due(saleId: string): Promise<{ status: 'due'; nowMs: number; orderIds: string[] } | { status: 'saleNotReady' }>;
  counts(saleId: string, productIds: string[]): Promise<SaleCounts>;
  /** @param close delete `sale:{S}` in the same step when the product's tokens do not add up */
  inspect(saleId: string, productId: string, options: { close: boolean; thorough: boolean }): Promise<Inspected>;
  /** Who has each of these tokens of a product, sold or held; null = nobody. */
  ownersOf(saleId: string, productId: string, record: 'sold' | 'held', tokens: string[]): Promise<(string | null)[]>;
  /** A page of sold or held tokens with their orders. `cursor` is '0' at the start and at the end. */
  ownersPage(
    saleId: string,
    productId: string,
    record: 'sold' | 'held',
    cursor: string,
  ): Promise<{ cursor: string; owners: [token: string, orderId: string][] }>;
  /** A page of the orders under a hold, oldest deadline first. */
  holdsPage(saleId: string, offset: number, limit: number): Promise<{ orderId: string; deadlineMs: number }[]>;
  holdsCount(saleId: string): Promise<number>;
  /** A page of a product's free tokens. */
  stockPage(saleId: string, productId: string, offset: number, limit: number): Promise<string[]>;
  /** Make a sale not ready, so that it is rebuilt: what Redis says of it cannot be true. */
  close(saleId: string): Promise<void>;
  /** Take the rebuild fence of a sale; safe to repeat. @returns false when another rebuilder has it */
  rebuildStart(saleId: string, rebuildId: string): Promise<boolean>;
  /** Forget the next old holds. @returns left = how many were forgotten; 0 means none is left */
  rebuildClear(saleId: string, rebuildId: string): Promise<{ step: RebuildStep; cleared: number }>;
  rebuildOrder(saleId: string, rebuildId: string, order: LiveOrder): Promise<RebuildStep>;
  rebuildStock(saleId: string, rebuildId: string, productId: string, first: number, last: number): Promise<RebuildStep>;
  /** @param minted productId → tokens that the rebuild placed */
  rebuildFinish(
    saleId: string,
    rebuildId: string,
    settings: SaleSettings,
    minted: Record<string, number>,
    epoch: number,
  ): Promise<RebuildStep>;
}

/** The real scripts over one Redis connection. */
export function inventoryScripts(redis: Redis): InventoryScripts {
  const run = defineScripts(redis);
  return { ...holding(run), ...changing(run), ...looking(run), ...listing(redis), ...rebuilding(run, redis) };
}
