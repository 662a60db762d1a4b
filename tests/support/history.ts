import type { ProductRecord } from '#lib/mongo/models.ts';
import type { Call } from '#tests/support/calls.ts';
import { replay } from '#tests/support/ledger.ts';
import type { ShopFloor } from '#tests/support/processes.ts';
import type { Witness } from '#tests/support/witness.ts';

/** What shoppers were told, and what is on record when all has come to rest. */
export interface Told {
  calls: Call[];
  /** Product → units there were from the beginning to the end. */
  units: Map<string, number>;
  /** Orders in MongoDB afterwards; `endedMs` of a cancelled one, ms since 1970 by Redis's clock. */
  orders: Map<string, { status: string; reason: string | null; tokens: string[]; endedMs: number | null }>;
  /** Order → when Redis gave its units back first, and when for good, as far as its ledger still knows. */
  releasedAt: Map<string, number>;
  freeSince: Map<string, number>;
}

/**
 * What the shoppers of a floor were told, beside what is on record. A call that got no answer, since its process died or Redis
 * was away, is an unknown one.
 */
export async function whatWasTold({ calls }: ShopFloor, look: Witness): Promise<Told> {
  const products = await look.db.collection<ProductRecord>('products').find().toArray();
  const orders = await look.orders.find().toArray();
  const sales = new Set(products.map(({ sale }) => sale));
  const replays = await Promise.all([...sales].map(async (saleId) => replay(await look.ledger(saleId))));
  return {
    calls,
    units: new Map(products.map(({ _id, minted }) => [_id, minted])),
    orders: new Map(
      orders.map(({ _id, status, reason = null, tokens, cancelledAt }) => [
        _id,
        { status, reason, tokens, endedMs: cancelledAt?.getTime() ?? null },
      ]),
    ),
    releasedAt: new Map(replays.flatMap(({ releasedAt }) => [...releasedAt])),
    freeSince: new Map(replays.flatMap(({ freeSince }) => [...freeSince])),
  };
}

/** A time in which units were certainly one order's: from when its shopper was told, until something could have ended it. */
interface Certain {
  orderId: string;
  tokens: string[];
  /** When the call began that told it first. */
  askedMs: number;
  fromMs: number;
  untilMs: number;
  /** What its shopper was told, ms since 1970. */
  deadlineMs: number;
  sold: boolean;
  /** Its shopper has refused to pay, or cancelled it, or tried to. */
  letGo: boolean;
}

/** A clock read by two processes may differ by this much, in ms. */
const CLOCK_MS = 50;

const onThisClock = (sinceEpochMs: number) => sinceEpochMs - performance.timeOrigin;

/**
 * Check a run's history by what its shoppers saw, whatever the shop says of itself. A call that got no answer may or may not
 * have happened, so it proves nothing and breaks nothing; what remains is sound, also when Redis has lost data: an order that
 * was acknowledged is MongoDB's.
 * @returns what went wrong, in words; empty when all is well
 */
export function checkHistory(told: Told): string[] {
  const certain = certainlyHeld(told);
  return [
    ...heldTwice(certain),
    ...soldOutTooEarly(told),
    ...endedTooEarly(told, certain),
    ...lost(told, certain),
    ...endedOtherwise(told),
  ];
}

function certainlyHeld({ calls, orders }: Told): Certain[] {
  const byOrder = Map.groupBy(
    calls.filter(({ orderId }) => orderId !== ''),
    ({ orderId }) => orderId,
  );
  return [...byOrder].flatMap(([orderId, about]) => {
    const ok = about.filter(({ outcome }) => outcome === 'ok').toSorted((a, b) => a.endMs - b.endMs);
    const held = ok.filter(isHold);
    const paid = ok.find(({ order }) => order === 'PAID');
    const first = held[0] ?? paid; // a checkout that died may be paid: its units are those on record
    if (!first) return [];
    const ending = about.filter(mayEnd).map(({ startMs }) => startMs);
    const deadlineMs = Math.max(
      ...[...held, ...ok.filter(({ op }) => op === 'extends')].map((answer) => answer.deadlineMs),
    );
    const untilMs = paid ? Number.POSITIVE_INFINITY : Math.min(onThisClock(deadlineMs) - CLOCK_MS, ...ending);
    const tokens = held[0]?.tokens ?? orders.get(orderId)?.tokens ?? [];
    const { startMs: askedMs, endMs: fromMs } = first;
    return [{ orderId, tokens, askedMs, fromMs, untilMs, deadlineMs, sold: !!paid, letGo: ending.length > 0 }];
  });
}

const isHold = ({ op, outcome, tokens }: Call) => op === 'checkout' && outcome === 'ok' && tokens.length > 0;

/** A cancellation that is refused changes nothing; a refusal to pay is the bank's word, whatever the shop answers. */
const mayEnd = ({ op, outcome }: Call) => op === 'fails' || (op === 'cancels' && outcome !== 'refused');

/** A unit was promised to somebody while it was certainly somebody else's: both at once, or the whole call lies within. */
function heldTwice(certain: Certain[]): string[] {
  const byToken = Map.groupBy(
    certain.flatMap((hold) => hold.tokens.map((token) => ({ token, hold }))),
    ({ token }) => token,
  );
  return [...byToken].flatMap(([token, holds]) => {
    const inTurn = holds.map(({ hold }) => hold).toSorted((a, b) => a.fromMs - b.fromMs);
    return inTurn.flatMap((later, i) =>
      inTurn
        .slice(0, i)
        .filter(
          ({ fromMs, untilMs }) => later.fromMs < untilMs && (later.untilMs > later.fromMs || fromMs < later.askedMs),
        )
        .map(({ orderId }) => `${token} was promised to ${later.orderId} while it was certainly ${orderId}'s`),
    );
  });
}

/** I13: "out of stock", although so many units were certainly free all the time that there was enough. */
function soldOutTooEarly({ calls, units, freeSince }: Told): string[] {
  const answered = new Set(calls.filter(isHold).map(({ orderId }) => orderId));
  const checkouts = calls.filter(({ op, outcome }) => op === 'checkout' && outcome !== 'refused');
  // A key is one order: its unanswered calls are those of the one that was answered at last, and any of them may have held it.
  const resolved = new Set(checkouts.filter(({ orderId }) => answered.has(orderId)).map(({ key }) => key));
  const askedMs = new Map<string, number>();
  for (const { key, startMs } of checkouts) askedMs.set(key, Math.min(startMs, askedMs.get(key) ?? startMs));

  /** Units of a product that may have been held or sold at some instant of a call. */
  const perhapsTaken = (productId: string, { startMs, endMs }: Call): number => {
    const tokens = new Set<string>();
    const unanswered = new Map<string, number>();
    for (const [n, other] of checkouts.entries()) {
      const backMs = onThisClock(freeSince.get(other.orderId) ?? Number.POSITIVE_INFINITY) + CLOCK_MS;
      const fromMs = other.key ? askedMs.get(other.key)! : other.startMs;
      if (fromMs > endMs || backMs < startMs) continue;
      for (const token of other.tokens) if (token.startsWith(`${productId}-`)) tokens.add(token);
      if (other.outcome === 'ok' || (other.key && resolved.has(other.key))) continue;
      const ofCart = Object.keys(other.asks).length === 0;
      unanswered.set(other.key || String(n), ofCart ? Number.POSITIVE_INFINITY : (other.asks[productId] ?? 0));
    }
    return tokens.size + [...unanswered.values()].reduce((sum, asked) => sum + asked, 0);
  };
  return calls.flatMap((call) =>
    Object.entries(call.lacks)
      .filter(([productId, wanted]) => (units.get(productId) ?? 0) - perhapsTaken(productId, call) >= wanted)
      .map(([productId, wanted]) => `"out of stock" was told for ${wanted} of ${productId} while enough were free`),
  );
}

/** I12: units that were not their order's any more before the deadline that its shopper was told. */
function endedTooEarly({ calls, orders, releasedAt }: Told, certain: Certain[]): string[] {
  const expiredMs = new Map<string, number>();
  for (const { orderId, code, endMs } of calls)
    if (code === 'ORDER_EXPIRED') expiredMs.set(orderId, Math.min(endMs, expiredMs.get(orderId) ?? endMs));
  return certain.flatMap(({ orderId, deadlineMs, sold, letGo }) => {
    const untilMs = sold ? Number.POSITIVE_INFINITY : deadlineMs;
    const { reason, endedMs } = orders.get(orderId) ?? {};
    const early = [
      !letGo && (releasedAt.get(orderId) ?? Number.POSITIVE_INFINITY) < untilMs && 'lost its units before its deadline',
      !sold && reason === 'EXPIRED' && (endedMs ?? 0) < untilMs && 'expired before its deadline',
      (expiredMs.get(orderId) ?? Number.POSITIVE_INFINITY) < onThisClock(untilMs) - CLOCK_MS &&
        'was called expired before its deadline',
    ];
    return early.filter((what) => what !== false).map((what) => `${orderId} ${what}`);
  });
}

/** I14, I7: an order that was acknowledged is there with its units; a payment that was acknowledged is PAID, and no other is. */
function lost({ calls, orders }: Told, certain: Certain[]): string[] {
  const paid = new Set(calls.filter(({ op }) => op === 'pays').map(({ orderId }) => orderId));
  return certain.flatMap(({ orderId, tokens, sold }) => {
    const order = orders.get(orderId);
    if (!order) return [`the order ${orderId} is gone`];
    const wrong = [
      sold && order.status !== 'PAID' && `was acknowledged as paid and is ${order.status}`,
      order.status === 'PAID' && !paid.has(orderId) && 'is PAID and nobody has paid it',
      tokens.toSorted().join() !== order.tokens.toSorted().join() &&
        `was promised ${tokens.join()} and is of ${order.tokens.join()}`,
    ];
    return wrong.filter((what) => what !== false).map((what) => `${orderId} ${what}`);
  });
}

/** I7: an order of which a shopper was told that it is cancelled stays so. */
function endedOtherwise({ calls, orders }: Told): string[] {
  const cancelled = calls.filter(
    ({ outcome, order, orderId }) => outcome === 'ok' && order === 'CANCELLED' && orderId !== '',
  );
  return [...new Set(cancelled.map(({ orderId }) => orderId))].flatMap((orderId) => {
    const { status = 'gone' } = orders.get(orderId) ?? {};
    return status === 'CANCELLED' ? [] : [`${orderId} was acknowledged as cancelled and is ${status}`];
  });
}
