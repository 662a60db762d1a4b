import { connect, type Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { percentile } from '#tests/support/calls.ts';
import type { ShopClient } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

/** Connections asked for at a time: more than a process's listener lets wait, and Linux would try them again a second later. */
const AT_ONCE = 250;
const CHECKOUTS = 80;

/** Many who watch one sale, each on a connection of their own. What they read is thrown away; every fifth never reads on. */
class Watchers {
  readonly #open = new Set<Socket>();
  readonly #url: URL;
  readonly #saleId: string;

  constructor(url: string, saleId: string) {
    this.#url = new URL(url);
    this.#saleId = saleId;
  }

  /** How many have a stream, as far as they know. */
  get size(): number {
    return this.#open.size;
  }

  /** Ask for streams, one from each of these addresses. @returns how many were answered what */
  async join(addresses: string[]): Promise<Record<string, number>> {
    const answers: Record<string, number> = {};
    const waiting = addresses.entries();
    const lane = async () => {
      for (const [i, address] of waiting) {
        const status = await this.#ask(address, i % 5 !== 0);
        answers[status] = (answers[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return answers;
  }

  /** Hang up on all streams at once. */
  leave(): void {
    for (const socket of this.#open) socket.destroy();
    this.#open.clear();
  }

  #ask(address: string, reads: boolean): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(Number(this.#url.port), this.#url.hostname);
      socket.write(
        `GET /api/sales/${this.#saleId}/events HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: ${address}\r\n\r\n`,
      );
      socket.once('data', (chunk: Buffer) => {
        const status = chunk.toString('latin1', 9, 12);
        if (status === '200') this.#open.add(socket);
        else socket.destroy();
        if (reads) socket.on('data', () => {});
        else socket.pause();
        resolve(status);
      });
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#open.delete(socket);
        resolve('hung up');
      });
    });
  }
}

export interface FloodFigures {
  /** What the first asking was answered, by status. */
  answers: Record<string, number>;
  /** Streams when all is calm after the last storm, as the process counts them, and the most that it ever counted. */
  streams: number;
  mostStreams: number;
  /** Redis connections that hear changes, and how many of them hear of this sale. */
  subscribers: number;
  subscriptions: number;
  /** Memory of the process, in MB: before, and with all streams. */
  memory: [before: number, watched: number];
  /** How long checkouts took, in ms: without any stream, with all of them, and while all are torn down and asked for again. */
  checkouts: Record<'without' | 'watched' | 'stormy', { median: number; most: number; slowest: number }>;
}

/**
 * Ask for more streams of a sale than there may be, tear them down and ask for them all again, so many times, while somebody
 * buys. The process must have RATE_LIMIT on and one trusted proxy.
 * @param options.addresses whose address each asking comes from; together more than `cap`
 * @param options.cap how many of them may have a stream
 */
export async function flood(
  { client, redis }: { client: ShopClient; redis: Redis },
  { addresses, cap, storms }: { addresses: string[]; cap: number; storms: number },
): Promise<FloodFigures> {
  const { saleId, productIds } = await client.sale({ units: [(storms + 3) * CHECKOUTS] });
  const checkouts = async () => {
    const tookMs: number[] = [];
    for (let i = 0; i < CHECKOUTS; i++) {
      const began = performance.now();
      const { status, body } = await client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
      if (status !== 201) throw new Error(`a checkout was answered ${status} ${body.code}`);
      tookMs.push(performance.now() - began);
    }
    return tookMs;
  };
  const figure = async (name: string) => {
    const { body } = await client.shopper().call<string>('GET', '/api/metrics');
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body)?.[1]);
  };
  const megabytes = async () => Math.round((await figure('process_resident_memory_bytes')) / 1e6);
  let mostStreams = 0;
  const streams = async () => {
    const now = await figure('holdfast_live_clients');
    mostStreams = Math.max(mostStreams, now);
    return now;
  };

  await checkouts(); // the first ones warm up
  const without = await checkouts();
  const before = await megabytes();
  const crowd = new Watchers(client.url, saleId);
  try {
    const answers = await crowd.join(addresses);
    await streams();
    const watched = await checkouts();
    const full = await megabytes();
    const stormy: number[] = [];
    for (let storm = 0; storm < storms; storm++) {
      crowd.leave();
      let joined = false;
      const joining = crowd.join(addresses).finally(() => (joined = true));
      const watching = async () => {
        while (!joined) await streams();
      };
      const [took] = await Promise.all([checkouts(), joining, watching()]);
      stormy.push(...took);
      const again = async () => {
        const { 200: _, ...refused } = await crowd.join(addresses.slice(0, cap + 1 - crowd.size));
        return (await streams()) === cap && crowd.size === cap && Object.keys(refused).length > 0;
      };
      await until(again, { what: `${cap} streams again` });
    }
    const connections = String(await redis.client('LIST'));
    const [, subscriptions] = await redis.pubsub('NUMSUB', `changes:{${saleId}}`);
    return {
      answers,
      streams: await streams(),
      mostStreams,
      subscribers: connections.match(/ name=holdfast-subscriber/g)?.length ?? 0,
      subscriptions: Number(subscriptions),
      memory: [before, full],
      checkouts: { without: summary(without), watched: summary(watched), stormy: summary(stormy) },
    };
  } finally {
    crowd.leave();
  }
}

/** How much slower checkouts may be than without a stream: in proportion, as the machine's own haste says nothing. */
const SLOWER = { watched: { median: 4, most: 8 }, stormy: { median: 12, most: 25 } };

/** @returns what of the figures is not as it should be, in words */
export function problemsOf(figures: FloodFigures, cap: number): string[] {
  const problems: string[] = [];
  const expectCount = (what: string, found: number | undefined, wanted: number) =>
    found === wanted || problems.push(`${what}: ${found}, not ${wanted}`);
  expectCount('asked for and got', figures.answers[200], cap);
  expectCount('streams after the storms', figures.streams, cap);
  expectCount('most streams', figures.mostStreams, cap);
  expectCount('subscribers', figures.subscribers, 1);
  expectCount('subscriptions', figures.subscriptions, 1);
  for (const [phase, bounds] of Object.entries(SLOWER)) {
    for (const [of, bound] of Object.entries(bounds)) {
      const took = figures.checkouts[phase as keyof typeof SLOWER][of as 'median' | 'most'];
      const times = took / figures.checkouts.without[of as 'median' | 'most'];
      if (times > bound) problems.push(`checkouts ${phase}, ${of}: ${times.toFixed(1)} times as long as without`);
    }
  }
  return problems;
}

const summary = (tookMs: number[]) => {
  const [median, most, slowest] = [0.5, 0.9, 0.99].map((share) => Math.round(percentile(tookMs, share) * 10) / 10);
  return { median: median!, most: most!, slowest: slowest! };
};
