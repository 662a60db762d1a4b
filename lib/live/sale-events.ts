import type { Redis } from 'ioredis';
import { type Catalog, type LiveSales, toOneSaleAnswer } from '#lib/catalog/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { keys, parseChangesChannel } from '#lib/redis/keys.ts';

type Send = (frame: string) => void;

/** Who watches; whoever is empty is not counted. */
export interface Watcher {
  customer: string;
  address: string;
}

interface Watched {
  listeners: Set<Send>;
  /** Set while an update is due: changes until then are one update. */
  timer: NodeJS.Timeout | undefined;
  updatedAt: number;
}

/**
 * Live updates of sales: one Redis subscriber per process, however many shoppers watch. A change in Redis makes one look at
 * the sale, at most every LIMITS.sseUpdateMs, and its result goes to everybody who watches that sale.
 */
export class SaleEvents {
  readonly #subscriber: Redis;
  readonly #catalog: Catalog;
  readonly #live: LiveSales;
  readonly #capped: boolean;
  readonly #watched = new Map<string, Watched>();
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
  }

  /** How many watch now. */
  get clients(): number {
    return this.#open.size;
  }

  /**
   * An event stream of one sale: its state now, then after each change; comments as heartbeat.
   * @param signal ends the stream
   * @returns `full` when the process serves LIMITS.sseClientsPerProcess already, `tooMany` when it serves this watcher too often
   */
  stream(saleId: string, watcher: Watcher, signal: AbortSignal): ReadableStream<Uint8Array> | 'full' | 'tooMany' {
    if (this.#open.size >= LIMITS.sseClientsPerProcess) return 'full';
    if (this.#capped && this.#watchesTooMuch(watcher)) return 'tooMany';
    const encoder = new TextEncoder();
    let stop = () => {};
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const send: Send = (frame) => {
            if ((controller.desiredSize ?? 0) <= 0) return stop(); // a reader this slow starts again
            controller.enqueue(encoder.encode(frame));
          };
          const heartbeat = setInterval(() => send(': here\n\n'), LIMITS.sseHeartbeatMs);
          stop = () => {
            this.#open.delete(stop);
            this.#note(watcher, -1);
            stop = () => {};
            clearInterval(heartbeat);
            signal.removeEventListener('abort', onAbort);
            this.#leave(saleId, send);
            try {
              controller.close();
            } catch {} // closed by the reader
          };
          this.#open.add(stop);
          this.#note(watcher, 1);
          const onAbort = () => stop();
          signal.addEventListener('abort', onAbort);
          send('retry: 2000\n\n');
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

  #watchesTooMuch({ customer, address }: Watcher): boolean {
    return (
      (this.#openBy.get(customer) ?? 0) >= LIMITS.sseClientsPerCustomer ||
      (this.#openBy.get(address) ?? 0) >= LIMITS.sseClientsPerAddress
    );
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
      watched = { listeners: new Set(), timer: undefined, updatedAt: 0 };
      this.#watched.set(saleId, watched);
      const subscribed = this.#subscriber.subscribe(keys.changes(saleId)); // made again on reconnect
      subscribed.then(() => this.#changed(saleId)).catch(() => {}); // what changed before it counted is told now
    }
    watched.listeners.add(send);
    this.#update(saleId, [send]);
  }

  #leave(saleId: string, send: Send): void {
    const watched = this.#watched.get(saleId);
    watched?.listeners.delete(send);
    if (!watched || watched.listeners.size > 0) return;
    clearTimeout(watched.timer);
    this.#watched.delete(saleId);
    this.#subscriber.unsubscribe(keys.changes(saleId)).catch(() => {});
  }

  #changed(saleId: string): void {
    const watched = this.#watched.get(saleId);
    if (!watched || watched.timer) return;
    const wait = Math.max(0, watched.updatedAt + LIMITS.sseUpdateMs - performance.now());
    watched.timer = setTimeout(() => {
      watched.timer = undefined;
      watched.updatedAt = performance.now();
      this.#update(saleId, watched.listeners);
    }, wait);
  }

  #update(saleId: string, listeners: Iterable<Send>): void {
    this.#catalog
      .sale(saleId)
      .then((sale) => (sale ? this.#live.look(sale) : undefined))
      .then((look) => {
        if (!look) return;
        const frame = `event: sale\ndata: ${JSON.stringify(toOneSaleAnswer(look))}\n\n`;
        for (const send of [...listeners]) send(frame);
      })
      .catch((err: unknown) => log().debug({ err, saleId }, 'live update missed; the next change brings one'));
  }
}
