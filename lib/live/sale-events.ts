import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { type Catalog, type LiveSales, toOneSaleAnswer } from '#lib/catalog/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { keys, parseChangesChannel } from '#lib/redis/keys.ts';

type Send = (frame: Uint8Array) => void;

const encoder = new TextEncoder();
const RETRY = encoder.encode('retry: 2000\n\n');
const HEARTBEAT = encoder.encode(': here\n\n');

/** Who watches; whoever is empty is not counted. */
export interface Watcher {
  customer: string;
  address: string;
}

interface Watched {
  /** Who watches, and which look they were last told of. */
  listeners: Map<Send, number>;
  /** Set while an update is due: changes until then are one update. */
  timer: NodeJS.Timeout | undefined;
  /** While everybody is being told; `again`: there is something to tell after that. */
  telling: boolean;
  again: boolean;
  updatedAt: number;
}

/**
 * Live updates of sales: one Redis subscriber per process, however many shoppers watch. A change in Redis makes one look at
 * the sale, one at a time and LIMITS.sseUpdateMs apart, and its result goes to everybody who watches that sale.
 */
export class SaleEvents {
  readonly #subscriber: Redis;
  readonly #catalog: Catalog;
  readonly #live: LiveSales;
  readonly #capped: boolean;
  readonly #watched = new Map<string, Watched>();
  /** Looks so far: the number of the last one. */
  #looks = 0;
  /** Ends every open stream. */
  readonly #open = new Set<() => void>();
  /** Open streams by customer and by address. */
  readonly #openBy = new Map<string, number>();

  /** @param capped whether one customer and one address may have only so many streams */
  constructor(subscriber: Redis, catalog: Catalog, live: LiveSales, capped: boolean) {
    this.#capped = capped;
    this.#subscriber = subscriber;
    this.#catalog = catalog;
    this.#live = live;
    subscriber.on('message', (channel: string) => {
      const saleId = parseChangesChannel(channel);
      if (saleId) this.#changed(saleId);
    });
    subscriber.on('ready', () => {
      for (const saleId of this.#watched.keys()) this.#subscribe(saleId);
    });
  }

  /** How many watch now. */
  get clients(): number {
    return this.#open.size;
  }

  /**
   * An event stream of one sale: its state now, then after each change; comments as heartbeat. It ends by an error when
   * something of it is still unread: then nobody waits for the reader.
   * @param signal ends the stream
   * @returns `full` when the process serves LIMITS.sseClientsPerProcess already, `customer` or `address` when that one has all it may have
   */
  stream(saleId: string, watcher: Watcher, signal: AbortSignal): ReadableStream<Uint8Array> | 'full' | keyof Watcher {
    if (this.#open.size >= LIMITS.sseClientsPerProcess) return 'full';
    const exhausted = this.#capped ? this.#exhausted(watcher) : undefined;
    if (exhausted) return exhausted;
    let stop = () => {};
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const send: Send = (frame) => {
            if ((controller.desiredSize ?? 0) <= 0) return stop(); // a reader this slow is hung up on, and may start again
            controller.enqueue(frame);
          };
          const heartbeat = setInterval(() => send(HEARTBEAT), LIMITS.sseHeartbeatMs);
          stop = () => {
            this.#open.delete(stop);
            this.#note(watcher, -1);
            stop = () => {};
            clearInterval(heartbeat);
            signal.removeEventListener('abort', onAbort);
            this.#leave(saleId, send);
            try {
              if ((controller.desiredSize ?? 0) < LIMITS.sseBufferedBytes) controller.error(new Error('not read'));
              else controller.close();
            } catch {} // closed by the reader
          };
          this.#open.add(stop);
          this.#note(watcher, 1);
          const onAbort = () => stop();
          signal.addEventListener('abort', onAbort);
          send(RETRY);
          this.#join(saleId, send);
          if (signal.aborted) stop();
        },
        cancel: () => stop(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: LIMITS.sseBufferedBytes }),
    );
  }

  /** End every stream. */
  close(): void {
    for (const stop of [...this.#open]) stop();
  }

  #exhausted({ customer, address }: Watcher): keyof Watcher | undefined {
    if ((this.#openBy.get(customer) ?? 0) >= LIMITS.sseClientsPerCustomer) return 'customer';
    if ((this.#openBy.get(address) ?? 0) >= LIMITS.sseClientsPerAddress) return 'address';
    return undefined;
  }

  #note({ customer, address }: Watcher, more: 1 | -1): void {
    for (const by of [customer, address].filter(Boolean)) {
      const open = (this.#openBy.get(by) ?? 0) + more;
      if (open > 0) this.#openBy.set(by, open);
      else this.#openBy.delete(by);
    }
  }

  #join(saleId: string, send: Send): void {
    let watched = this.#watched.get(saleId);
    if (!watched) {
      watched = { listeners: new Map(), timer: undefined, telling: false, again: false, updatedAt: 0 };
      this.#watched.set(saleId, watched);
      this.#subscribe(saleId);
    }
    watched.listeners.set(send, 0);
    void this.#update(saleId, watched, [send]);
  }

  /** Hear of a sale's changes, for the first time or after a lost connection; what changed before it counted is told now. */
  #subscribe(saleId: string): void {
    const subscribed = this.#subscriber.subscribe(keys.changes(saleId));
    subscribed.then(() => this.#changed(saleId)).catch(() => {});
  }

  #leave(saleId: string, send: Send): void {
    const watched = this.#watched.get(saleId);
    watched?.listeners.delete(send);
    if (!watched || watched.listeners.size > 0) return;
    clearTimeout(watched.timer);
    this.#watched.delete(saleId);
    this.#subscriber.unsubscribe(keys.changes(saleId)).catch(() => {});
  }

  /** Have everybody told, when those before have been told and LIMITS.sseUpdateMs are over. */
  #changed(saleId: string): void {
    const watched = this.#watched.get(saleId);
    if (!watched || watched.timer) return;
    if (watched.telling) {
      watched.again = true;
      return;
    }
    const wait = Math.max(0, watched.updatedAt + LIMITS.sseUpdateMs - performance.now());
    watched.timer = setTimeout(() => void this.#updateAll(saleId, watched), wait);
  }

  async #updateAll(saleId: string, watched: Watched): Promise<void> {
    watched.timer = undefined;
    watched.telling = true;
    watched.again = false;
    await this.#update(saleId, watched, [...watched.listeners.keys()]);
    watched.telling = false;
    watched.updatedAt = performance.now();
    if (watched.again) this.#changed(saleId);
  }

  /**
   * Look at a sale and tell these of it, not all in one turn of the event loop: checkouts come between. Whoever has heard of a
   * later look hears nothing; when the look fails, everybody is told a little later.
   */
  async #update(saleId: string, { listeners }: Watched, waiting: Send[]): Promise<void> {
    try {
      const sale = await this.#catalog.sale(saleId);
      this.#looks += 1;
      const number = this.#looks;
      const look = sale && (await this.#live.look(sale));
      if (!look) return;
      const frame = encoder.encode(`event: sale\ndata: ${JSON.stringify(toOneSaleAnswer(look))}\n\n`);
      while (waiting.length > 0) {
        for (const send of waiting.splice(0, LIMITS.sseToldAtOnce)) {
          if ((listeners.get(send) ?? number) >= number) continue;
          listeners.set(send, number);
          send(frame);
        }
        if (waiting.length > 0) await nextTurn();
      }
    } catch (err) {
      log().debug({ err, saleId }, 'live update missed; another one is tried');
      this.#changed(saleId);
    }
  }
}
