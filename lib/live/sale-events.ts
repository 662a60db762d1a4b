import type { Redis } from 'ioredis';
import { type Catalog, type LiveSales, toOneSaleAnswer } from '#lib/catalog/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { keys, parseChangesChannel } from '#lib/redis/keys.ts';

type Send = (frame: string) => void;

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
  readonly #watched = new Map<string, Watched>();
  /** Ends every open stream. */
  readonly #open = new Set<() => void>();

  constructor(subscriber: Redis, catalog: Catalog, live: LiveSales) {
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
   * @returns undefined when the process serves LIMITS.sseClientsPerProcess already
   */
  stream(saleId: string, signal: AbortSignal): ReadableStream<Uint8Array> | undefined {
    if (this.#open.size >= LIMITS.sseClientsPerProcess) return undefined;
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
            stop = () => {};
            clearInterval(heartbeat);
            signal.removeEventListener('abort', onAbort);
            this.#leave(saleId, send);
            try {
              controller.close();
            } catch {} // closed by the reader
          };
          this.#open.add(stop);
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
