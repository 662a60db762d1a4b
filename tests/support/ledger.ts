/** One transition, as the Lua script that made it wrote it down; the time is Redis's. */
export interface LedgerEntry {
  verb: string;
  order: string;
  tokens: string[];
  atMs: number;
}

export function toLedger(stream: [id: string, fields: string[]][]): LedgerEntry[] {
  return stream.map(([, fields]) => {
    const field = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
    return {
      verb: field('verb'),
      order: field('order'),
      tokens: field('tokens').split(',').filter(Boolean),
      atMs: Number(field('atMs')),
    };
  });
}

export interface Replayed {
  /** Transitions that no unit can make, in words; empty when all is well. */
  impossible: string[];
  /** The most units that were sold at one instant. */
  mostSold: number;
  /** order → when its units came back first */
  releasedAt: Map<string, number>;
  /** order → when its units came back for good */
  freeSince: Map<string, number>;
  /** order → how often its units came back and stayed there */
  releases: Map<string, number>;
}

/** Follow every unit through a sale that lost no data: free, held by one order, then free again or sold for ever. */
export function replay(ledger: LedgerEntry[]): Replayed {
  const holder = new Map<string, string>();
  const sold = new Map<string, string>();
  const result: Replayed = {
    impossible: [],
    mostSold: 0,
    releasedAt: new Map(),
    freeSince: new Map(),
    releases: new Map(),
  };
  const say = ({ verb, order }: LedgerEntry, token: string) =>
    result.impossible.push(
      `${verb} of ${token} for ${order}: held by ${holder.get(token) ?? 'nobody'}, sold to ${sold.get(token) ?? 'nobody'}`,
    );
  for (const entry of ledger) {
    const { verb, order, tokens, atMs } = entry;
    if (verb === 'release') {
      result.releasedAt.set(order, Math.min(atMs, result.releasedAt.get(order) ?? atMs));
      result.freeSince.set(order, atMs);
      result.releases.set(order, (result.releases.get(order) ?? 0) + 1);
    }
    // Somebody still believed the order to be RESERVED; they look again, and it is released once more.
    if (verb === 'restore') result.releases.set(order, (result.releases.get(order) ?? 0) - 1);
    if (verb === 'mint' || verb === 'extend') continue;
    for (const token of tokens) {
      const mine = holder.get(token) === order && !sold.has(token);
      const free = !holder.has(token) && !sold.has(token);
      const taken = verb === 'reserve' || verb === 'restore';
      if (taken ? !free : !mine) say(entry, token);
      if (taken) holder.set(token, order);
      else holder.delete(token);
      if (verb === 'commit') sold.set(token, order);
    }
    result.mostSold = Math.max(result.mostSold, sold.size);
  }
  return result;
}
