/** How many points of a kind of call one customer, account or neighbourhood of addresses has in a window. */
export interface Rate {
  points: number;
  windowSeconds: number;
}

type By = 'customer' | 'address';

const perMinute = (points: number): Rate => ({ points, windowSeconds: 60 });

/**
 * Every rate of the shop. Two rules made the numbers. One address can be an office or a carrier's NAT: a thousand shoppers
 * behind it must all be able to buy in the minute of a sale's opening, so an address has a thousand shoppers' worth. And no
 * kind of call is paid for with another's points: whoever reloads pages all day can still check out.
 */
export const RATES = {
  /** What costs no more than to count it. */
  none: {},
  /** Pages of the storefront, their data and assets aside: six loads each. A process renders twenty times as many. */
  page: { address: perMinute(6_000) },
  /** Art, and files of a build that there are not: twenty each, which browsers then keep. */
  file: { address: perMinute(20_000) },
  /** Catalog, sale, cart and order reads: a page that gets no live updates asks every few seconds; ten such pages each. */
  read: { customer: perMinute(600), address: perMinute(60_000) },
  /** Carts, cancelling, extending, and whatever says nothing else: a click a second for a while. */
  change: { customer: perMinute(300), address: perMinute(20_000) },
  /** A storm of retries of one request, a hundred at once and more, is answered like one; without a cookie only the address counts. */
  checkout: { customer: perMinute(300), address: perMinute(20_000) },
  /** The same for payments and refusals of holds. */
  payment: { customer: perMinute(300), address: perMinute(20_000) },
  /** A provider speaks from few addresses and repeats what it is refused. */
  webhook: { address: perMinute(20_000) },
  /** Streams begun; a browser begins again two seconds after it lost one. How many may be open: LIMITS.sseClientsPerAddress. */
  live: { customer: perMinute(60), address: perMinute(6_000) },
  /** Wrong admin keys. Short enough that a merchant who shares an address with a guesser is soon heard again. */
  guess: { address: { points: 20, windowSeconds: 300 } },
  /** Making accounts, apart from signing in, which a flood of them must not use up: a thousand people of one office, twice. */
  signUp: { address: { points: 2_000, windowSeconds: 300 } },
  /**
   * Passwords tried for one e-mail address from one neighbourhood, right ones too, whether or not there is such an account; wrong
   * ones have slower waits of their own (lib/accounts). From elsewhere nobody uses these points up.
   */
  signIn: { customer: { points: 20, windowSeconds: 300 } },
  /** Signing in and out, by address alone, and what an account does about itself. */
  account: { customer: { points: 20, windowSeconds: 300 }, address: { points: 5_000, windowSeconds: 300 } },
} as const satisfies Record<string, Partial<Record<By, Rate>>>;

/** An IPv6 network of 65,536 neighbourhoods may be one subscriber's, or a carrier's many: it has as many addresses' points. */
export const ADDRESSES_PER_NETWORK = 16;

export type RateClass = keyof typeof RATES;
