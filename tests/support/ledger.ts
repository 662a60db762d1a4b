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
  /** order → when its units came back */
  releasedAt: Map<string, number>;
  /** order → how often its units came back */
  releases: Map<string, number>;
}

/** Follow every unit through a sale that lost no data: free, held by one order, then free again or sold for ever. */
export function replay(ledger: LedgerEntry[]): Replayed {
  const holder = new Map<string, string>();
  const sold = new Map<string, string>();
  const result: Replayed = { impossible: [], mostSold: 0, releasedAt: new Map(), releases: new Map() };
  const say = ({ verb, order }: LedgerEntry, token: string) =>
    result.impossible.push(
      `${verb} of ${token} for ${order}: held by ${holder.get(token) ?? 'nobody'}, sold to ${sold.get(token) ?? 'nobody'}`,
    );
  for (const entry of ledger) {
    const { verb, order, tokens, atMs } = entry;
    if (verb === 'release') {
      result.releasedAt.set(order, atMs);
      result.releases.set(order, (result.releases.get(order) ?? 0) + 1);
    }
    if (verb === 'mint' || verb === 'extend') continue;
    for (const token of tokens) {
      const mine = holder.get(token) === order && !sold.has(token);
      const free = !holder.has(token) && !sold.has(token);
      if (verb === 'reserve' ? !free : !mine) say(entry, token);
      if (verb === 'reserve') holder.set(token, order);
      else holder.delete(token);
      if (verb === 'commit') sold.set(token, order);
    }
    result.mostSold = Math.max(result.mostSold, sold.size);
  }
  return result;
}
