import type { Call, Promised } from '#tests/support/buyers.ts';

/** What a run's buyers were told, and what is on record when it has come to rest. */
export interface Told {
  calls: Call[];
  promised: Promised[];
  /** Units there were from the beginning to the end. */
  units: number;
  /** Orders in MongoDB afterwards. */
  orders: Map<string, { status: string; reason: string | null }>;
  /** Order → when Redis gave its units back, ms of Redis's clock (which is this machine's). */
  releasedAt: Map<string, number>;
}

/** A time in which a unit was certainly one order's: after its buyer was told, before anything could have ended it. */
interface Certain {
  token: string;
  orderId: string;
  fromMs: number;
  untilMs: number;
}

/** A clock read by two processes may differ by this much, in ms. */
const CLOCK_MS = 50;

/**
 * Check a run's history by what its buyers saw, whatever the shop says of itself. A call that got no answer may or may not have
 * happened, so it proves nothing and breaks nothing; what remains is sound.
 * @returns what went wrong, in words; empty when all is well
 */
export function checkHistory(told: Told): string[] {
  return [...heldTwice(told), ...soldOutTooEarly(told), ...endedTooEarly(told), ...lost(told)];
}

/** A unit that was certainly held or sold was promised to somebody else, in a call that lies wholly within that time. */
function heldTwice({ calls, promised }: Told): string[] {
  const certain = promised.flatMap((promise) => certainlyHeld(promise, calls));
  const byToken = Map.groupBy(certain, ({ token }) => token);
  return calls
    .filter(({ op, outcome }) => op === 'checkout' && outcome === 'ok')
    .flatMap(({ orderId, tokens, startMs, endMs }) =>
      tokens.flatMap((token) =>
        (byToken.get(token) ?? [])
          .filter((held) => held.orderId !== orderId && held.fromMs < startMs && endMs < held.untilMs)
          .map((held) => `${token} was promised to ${orderId} while it was certainly ${held.orderId}'s`),
      ),
    );
}

function certainlyHeld({ orderId, tokens, deadlineMs }: Promised, calls: Call[]): Certain[] {
  const mine = calls.filter((call) => call.orderId === orderId || call.tokens.some((token) => tokens.includes(token)));
  const told = mine.find((call) => call.op === 'checkout' && call.outcome === 'ok' && call.orderId === orderId);
  if (!told) return [];
  const decisions = calls.filter((call) => call.orderId === orderId && call.op !== 'checkout');
  const paid = decisions.some(({ op, outcome }) => op === 'pays' && outcome === 'ok');
  const ending = decisions.filter(({ op }) => op === 'fails').map(({ startMs }) => startMs);
  const untilMs = paid ? Number.POSITIVE_INFINITY : Math.min(deadlineMs - performance.timeOrigin - CLOCK_MS, ...ending);
  return tokens.map((token) => ({ token, orderId, fromMs: told.endMs, untilMs }));
}

/** I13: "out of stock", although so many units had never been asked for that one was certainly free all the time. */
function soldOutTooEarly({ calls, units }: Told): string[] {
  const checkouts = calls.filter(({ op }) => op === 'checkout');
  return checkouts
    .filter(({ code }) => code === 'OUT_OF_STOCK')
    .filter(({ endMs }) => {
      const before = checkouts.filter((other) => other.outcome !== 'refused' && other.startMs <= endMs);
      const touched = new Set(before.flatMap(({ tokens }) => tokens)).size;
      return units - touched - before.filter(({ outcome }) => outcome === 'unknown').length >= 1;
    })
    .map(({ buyer }) => `buyer ${buyer} was told "out of stock" while units had never been asked for`);
}

/** I12: units that came back before the deadline that their buyer was told, though the buyer had not let them go. */
function endedTooEarly({ promised, releasedAt }: Told): string[] {
  return promised
    .filter(({ choice }) => choice !== 'fails')
    .filter(({ orderId, deadlineMs }) => (releasedAt.get(orderId) ?? Number.POSITIVE_INFINITY) < deadlineMs)
    .map(({ orderId }) => `${orderId} lost its units before its deadline`);
}

/** I14, I7: an order that was acknowledged is there; a payment that was acknowledged is PAID. */
function lost({ calls, promised, orders }: Told): string[] {
  const gone = promised
    .filter(({ orderId }) => !orders.has(orderId))
    .map(({ orderId }) => `the order ${orderId} is gone`);
  const unpaid = calls
    .filter(({ op, outcome }) => op === 'pays' && outcome === 'ok')
    .filter(({ orderId }) => orders.get(orderId)?.status !== 'PAID')
    .map(({ orderId }) => `${orderId} was acknowledged as paid and is ${orders.get(orderId)?.status}`);
  return [...gone, ...unpaid];
}
