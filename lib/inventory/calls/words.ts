import { type Reply, type RunScript, type ScriptName, UnknownReplyError } from '#lib/inventory/lua.ts';
import type { Hold, Line, LiveOrder, SaleSettings, TokensByProduct } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';
import { keys } from '#lib/redis/keys.ts';

/** Run a script. @returns its word, Redis's clock in ms, and whatever else it says; throws when that is no reply of ours */
export async function call(
  run: RunScript,
  name: ScriptName,
  names: string[],
  args: (string | number)[],
): Promise<[string, number, ...unknown[]]> {
  const reply: Reply = await run(name, names, args);
  if (!Array.isArray(reply) || typeof reply[0] !== 'string') throw new UnknownReplyError(name, reply);
  return [reply[0], Number(reply[1]), ...reply.slice(2)];
}

/** The keys that every transition of one hold begins with. */
export const holdKeys = (saleId: string, orderId: string) => [
  keys.sale(saleId),
  keys.hold(saleId, orderId),
  keys.timer(saleId, orderId),
  keys.deadlines(saleId),
  keys.ledger(saleId),
];

/** Where the units of a product may be, and how many a customer has. */
export const unitKeys = (saleId: string, productId: string) => [
  keys.stock(saleId, productId),
  keys.held(saleId, productId),
  keys.sold(saleId, productId),
  keys.limit(saleId, productId),
];

/** Each product with its tokens joined by commas, as scripts take them. */
export const byProduct = (tokens: TokensByProduct) =>
  Object.entries(tokens).flatMap(([productId, list]) => [productId, list.join(',')]);

/** What idem records say of an order: the request's fingerprint, and until when its key is remembered, ms. */
export const keyMemory = ({ requestFingerprint, createdAtMs }: LiveOrder): [string, number] => [
  requestFingerprint,
  createdAtMs + LIMITS.idempotencyMs,
];

/** The tokens of a comma-joined list; none of an empty or missing one. */
export const split = (joined: string | undefined): string[] => (joined ? joined.split(',') : []);

/** A sale's settings as HSET takes them. */
export function settingFields(settings: SaleSettings): (string | number)[] {
  const { opensAtMs, closesAtMs, holdMs, extendMs, paused, holdsBeforeWait, limits } = settings;
  return [
    'opensAtMs',
    opensAtMs,
    'closesAtMs',
    closesAtMs,
    'holdMs',
    holdMs,
    'extendMs',
    extendMs,
    'paused',
    paused ? 1 : 0,
    'holdsBeforeWait',
    holdsBeforeWait,
    ...Object.entries(limits).flatMap(([productId, limit]) => [`limit:${productId}`, limit]),
  ];
}

/** Triples of a refused line: productId and two numbers, joined with what was requested. */
export function threes(rest: unknown[], lines: Line[]) {
  return Array.from({ length: rest.length / 3 }, (_, i) => {
    const productId = String(rest[3 * i]);
    const requested = lines.find((line) => line.productId === productId)?.quantity ?? 0;
    return { productId, requested, a: Number(rest[3 * i + 1]), b: Number(rest[3 * i + 2]) };
  });
}

/** A hold from the fields of its hash, names and values in turn. */
export function toHold(orderId: string, flat: string[]): Hold {
  const fields = new Map(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]));
  const tokens: TokensByProduct = {};
  for (const [name, value] of fields)
    if (name.startsWith('tokens:')) tokens[name.slice('tokens:'.length)] = split(value);
  const text = (name: string) => fields.get(name) ?? '';
  return {
    orderId,
    customer: text('customer'),
    cartId: text('cart'),
    key: text('key'),
    itemsFingerprint: text('fingerprint'),
    deadlineMs: Number(text('deadlineMs')),
    extensions: split(text('extensions')),
    tokens,
  };
}
