/** Inventory: which units are free, held and sold. Everything here happens in Redis; nothing here knows MongoDB, HTTP or money. */
export { commit, mint, ownersOfAll, release, UnsettledError } from '#lib/inventory/holds.ts';
export { SCRIPTS, UnknownReplyError } from '#lib/inventory/lua.ts';
export { type Rebuilt, rebuild, type SaleTruth } from '#lib/inventory/rebuild.ts';
export { type InventoryScripts, inventoryScripts } from '#lib/inventory/scripts.ts';
export type * from '#lib/inventory/types.ts';
