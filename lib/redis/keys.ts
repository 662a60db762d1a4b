/**
 * Every Redis key of the shop. All keys of one sale carry its hash tag, so one script may touch them on Redis Cluster.
 * Ids contain neither braces nor colons (see `lib/http/schemas.ts`), so a key cannot be forged from an id.
 */
export const keys = {
  /** hash; the sale's window, lengths, pause, epoch, `limit:P`, `minted:P`. Written by rebuild and configure. Absent = not ready. */
  sale: (sale: string) => `sale:{${sale}}`,
  /** list; free tokens of a product. */
  stock: (sale: string, product: string) => `stock:{${sale}}:${product}`,
  /** hash; what an order holds. Written by reserve and restore, deleted by release and commit; outlives its timer. */
  hold: (sale: string, order: string) => `hold:{${sale}}:${order}`,
  /** string with PXAT; the truth about expiry. */
  timer: (sale: string, order: string) => `timer:{${sale}}:${order}`,
  /** hash; token → the order that holds it. */
  held: (sale: string, product: string) => `held:{${sale}}:${product}`,
  /** zset; order → deadlineMs, what the sweep reads. */
  deadlines: (sale: string) => `deadlines:{${sale}}`,
  /** hash; token → the order that bought it. */
  sold: (sale: string, product: string) => `sold:{${sale}}:${product}`,
  /** hash; customer → units held and bought. */
  limit: (sale: string, product: string) => `limit:{${sale}}:${product}`,
  /** string; the live order of a cart. Deleted by release and commit. */
  cart: (sale: string, cart: string) => `cart:{${sale}}:${cart}`,
  /** string, PX 24 h; explicit idempotency key of a customer → order and request fingerprint. */
  idem: (sale: string, customer: string, key: string) => `idem:{${sale}}:${customer}:${key}`,
  /** string, PX; '<holds that a customer let go unpaid> <wait until, ms>'. Written by release, deleted by commit. */
  unpaid: (sale: string, customer: string) => `unpaid:{${sale}}:${customer}`,
  /** string, PX; who may rebuild this sale (a random rebuild id). */
  rebuild: (sale: string) => `rebuild:{${sale}}`,
  /** stream, capped; every transition of tokens. */
  ledger: (sale: string) => `ledger:{${sale}}`,
  /** pub/sub channel; a nudge after every transition. */
  changes: (sale: string) => `changes:{${sale}}`,
  /** prefix of strings with a TTL; how often a password was tried, by account, address or both, and how often it had to wait. */
  passwordTries: (of: string) => `password-tries-${of}`,
  passwordWaits: (of: string) => `password-waits-${of}`,
  /** string with a TTL; an account was signed in to from an address, of which `pair` is a hash. */
  signedInFrom: (pair: string) => `password-right:${pair}`,
  /** string with EX, `<prefix>:<caller>`; points spent of a rate. Written by lib/rates only for callers that call a lot. */
  rate: (name: string) => `rate:${name}`,
  /** zset; worker → last heartbeat in ms. Belongs to no sale. */
  workers: () => 'workers',
};

/** The name a product's key has while a rebuild fills it. */
export const underRebuild = (key: string, rebuildId: string) => `${key}:${rebuildId}`;

const TIMER_KEY = /^timer:\{([a-z0-9][a-z0-9-]{0,63})\}:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The inverse of `keys.timer`: which order's timer a keyspace event names, or undefined for anybody else's key. */
export function parseTimerKey(key: string): { sale: string; order: string } | undefined {
  const match = TIMER_KEY.exec(key);
  return match ? { sale: match[1]!, order: match[2]! } : undefined;
}

/** `sale` and `order` as they stand in a sale's channel name, or undefined. */
export function parseChangesChannel(channel: string): string | undefined {
  return /^changes:\{([a-z0-9][a-z0-9-]{0,63})\}$/.exec(channel)?.[1];
}
