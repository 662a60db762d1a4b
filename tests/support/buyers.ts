import { randomUUID } from 'node:crypto';
import type { ProductAnswer } from '#lib/contract.ts';
import type { Call } from '#tests/support/calls.ts';
import type { Answer, ShopClient, Shopper } from '#tests/support/http.ts';

/** What a buyer does with a hold. */
export type Choice = 'pays' | 'fails' | 'walksAway';

/** A hold that a buyer was promised, and what became of it as far as the buyer was told. */
export interface Promised {
  orderId: string;
  tokens: string[];
  deadlineMs: number;
  choice: Choice;
  /** Of the payment or the refusal to pay; 0 when no answer came, or for a buyer who walked away. */
  status: number;
}

export interface CrowdOptions {
  buyers: number;
  productId: string;
  saleId: string;
  /** How many requests are under way at most. */
  inFlight: number;
  /** How many buyers are in the shop at most, the others waiting outside; all of them without it. */
  inShop?: number;
  choose(buyer: number): Choice;
  /** Checkouts of one buyer who finds the shelf empty. */
  attempts: number;
  /** Calls again after an answer that promises nothing, each under the same key and at the next web process. */
  repeats?: number;
  /** Ends the crowd early: who waits goes home. */
  until?: AbortSignal;
}

export interface CrowdResult {
  calls: Call[];
  promised: Promised[];
  mostInFlight: number;
}

/**
 * Many buyers at once, each with a cookie and a key, spread over every web process; each pays at another process than the one
 * that promised the hold. With `repeats` a buyer has a cookie before the first checkout, so that a repeat is the same customer's. Who finds the shelf empty waits until units are seen on it again, a few for each unit and in
 * random order, and goes home when nothing can come back any more.
 */
export async function crowd(webs: ShopClient[], options: CrowdOptions): Promise<CrowdResult> {
  const { buyers, choose, attempts, repeats = 0 } = options;
  const result: CrowdResult = { calls: [], promised: [], mostInFlight: 0 };
  const gate = limited(options.inFlight, (running) => {
    result.mostInFlight = Math.max(result.mostInFlight, running);
  });
  const shelf = new Shelf(webs, options);

  const one = async (buyer: number) => {
    let at = buyer;
    let cookie = '';
    const call = async (work: (me: Shopper) => Promise<Answer<object>>): Promise<Call> => {
      for (let again = 0; ; again++) {
        const me = webs[at++ % webs.length]!.shopper(cookie);
        await gate(() => work(me).catch(() => {})); // what came of it stands in the shopper's calls
        cookie = me.cookie;
        const done = me.calls.at(-1)!;
        result.calls.push(done);
        if (done.outcome !== 'unknown' || again >= repeats || options.until?.aborted) return done;
        await shelf.nextLook();
      }
    };

    if (repeats > 0) await call((me) => me.call('POST', '/api/cart'));
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0 && !(await shelf.mayHaveUnits())) return;
      const key = randomUUID();
      const held = await call((me) => me.buyNow([{ productId: options.productId, quantity: 1 }], key));
      if (held.outcome !== 'ok') continue;
      const { orderId, tokens, deadlineMs } = held;
      const choice = choose(buyer);
      const promised: Promised = { orderId, tokens, deadlineMs, choice, status: 0 };
      result.promised.push(promised);
      if (choice === 'walksAway') return;
      const decided = await call((me) => (choice === 'pays' ? me.pay(orderId) : me.fail(orderId)));
      promised.status = decided.status;
      return;
    }
  };

  shelf.open();
  try {
    const door = limited(options.inShop ?? buyers, () => {});
    await Promise.all(
      Array.from({ length: buyers }, (_, buyer) =>
        door(async () => void (options.until?.aborted || (await one(buyer)))),
      ),
    );
  } finally {
    shelf.close();
  }
  return result;
}

/** How many waiting buyers run for each unit that is seen on the shelf. */
const RUNNERS = 3;
const LOOK_EVERY_MS = 40;

/** What the product's page shows, looked at again and again while somebody waits. */
class Shelf {
  readonly #webs: ShopClient[];
  readonly #options: CrowdOptions;
  #waiting: ((units: boolean) => void)[] = [];
  #looking: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #closed = false;

  constructor(webs: ShopClient[], options: CrowdOptions) {
    this.#webs = webs;
    this.#options = options;
  }

  open(): void {
    this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** @returns true when units were seen, false when none can come back any more */
  mayHaveUnits(): Promise<boolean> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The page answered again, whatever it said. */
  nextLook(): Promise<void> {
    return new Promise((resolve) => this.#looking.push(resolve));
  }

  async #look(): Promise<void> {
    const { saleId, productId, until } = this.#options;
    const web = this.#webs[this.#looks++ % this.#webs.length]!;
    const product = await web.look(saleId).then(
      (sale) => sale.products?.find((one) => one.productId === productId),
      () => undefined,
    );
    if (product || until?.aborted) for (const resolve of this.#looking.splice(0)) resolve();
    this.#wake(product, until?.aborted ?? false);
    if (!this.#closed) this.open();
  }

  #wake(product: ProductAnswer | undefined, over: boolean): void {
    if (over || (product?.available === 0 && product.held === 0)) {
      for (const resolve of this.#waiting.splice(0)) resolve(false);
    }
    for (let runner = RUNNERS * (product?.available ?? 0); runner > 0 && this.#waiting.length > 0; runner--) {
      const [resolve] = this.#waiting.splice(Math.floor(Math.random() * this.#waiting.length), 1);
      resolve?.(true);
    }
  }
}

/** At most so many at once; `seen` hears how many run whenever one begins. */
function limited(most: number, seen: (running: number) => void) {
  let running = 0;
  const queue: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    seen(running);
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
