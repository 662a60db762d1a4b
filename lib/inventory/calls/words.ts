import { type Reply, type RunScript, type ScriptName, UnknownReplyError } from '#lib/inventory/lua.ts';
import type { Hold, Line, SaleSettings, TokensByProduct } from '#lib/inventory/types.ts';
import { keys } from '#lib/redis/keys.ts';

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

export const holdKeys = (saleId: string, orderId: string) => [
  keys.sale(saleId),
  keys.hold(saleId, orderId),
  keys.timer(saleId, orderId),
  keys.deadlines(saleId),
  keys.ledger(saleId),
];

export const unitKeys = (saleId: string, productId: string) => [
  keys.stock(saleId, productId),
  keys.held(saleId, productId),
  keys.sold(saleId, productId),
  keys.limit(saleId, productId),
];

export const byProduct = (tokens: TokensByProduct) =>
  Object.entries(tokens).flatMap(([productId, list]) => [productId, list.join(',')]);

export const split = (joined: string | undefined): string[] => (joined ? joined.split(',') : []);

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
