import type { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import {
  type CorpusClass,
  type CorpusRequest,
  complaint,
  corpusRequest,
  type Sender,
  type SenderName,
  type Senders,
} from '#tests/api/corpus.ts';
import { stateOf } from '#tests/api/state.ts';
import { member } from '#tests/support/accounts.ts';
import { failuresIn } from '#tests/support/failures.ts';
import { exchange, type ShopClient, type Shopper } from '#tests/support/http.ts';

export interface CorpusResult {
  /** Requests, and what they were answered, by class of attack. */
  figures: Record<string, { requests: number; statuses: Record<string, number> }>;
  /** Requests by who sent them. */
  senders: Partial<Record<SenderName, number>>;
  failures: string[];
}

export interface CorpusShop {
  web: { client: ShopClient; output(): string };
  redis: Redis;
  mongo: Connection;
}

const AT_ONCE = 16;
const BETWEEN_LOOKS = 5_000;

/** A guest and an account, each with a cart and a hold in a sale, whom the requests are sent as. */
async function senders(client: ShopClient): Promise<Senders & { email: string }> {
  const { saleId, productIds } = await client.sale({ units: [50], holdSeconds: 3_600 });
  const [productId] = productIds as [string];
  const sender = async (shopper: Shopper): Promise<Sender> => {
    const cartId = await shopper.cartWith([{ productId, quantity: 3 }]);
    const { body: order } = await shopper.buyNow([{ productId, quantity: 2 }]);
    return { things: { saleId, productId, cartId, order }, cookie: shopper.cookie };
  };
  const account = await member(client);
  return {
    guest: await sender(client.shopper()),
    account: await sender(account),
    adminKey: process.env.ADMIN_API_KEY!,
    email: account.who.email,
  };
}

/**
 * Send requests of a seed, every one of which must be refused, and look again and again whether anything in Redis or MongoDB
 * is another than before, and whether the web process has written of a failure.
 */
export async function runCorpus(
  shop: CorpusShop,
  { seed, requests, progress = () => {} }: { seed: number; requests: number; progress?: (done: number) => void },
): Promise<CorpusResult> {
  const { client } = shop.web;
  const who = await senders(client);
  const secrets = [who.adminKey, process.env.NEXTAUTH_SECRET!, process.env.SANDBOX_WEBHOOK_SECRET!, who.email];
  const result: CorpusResult = { figures: {}, senders: {}, failures: [] };
  const before = await stateOf(shop);
  for (let from = 0; from < requests && result.failures.length === 0; from += BETWEEN_LOOKS) {
    const until = Math.min(requests, from + BETWEEN_LOOKS);
    let next = from;
    const lane = async () => {
      while (next < until) {
        const n = next++;
        const request = corpusRequest(seed, n, who);
        const wrong = await attempt(client.url, request, secrets, result);
        if (wrong)
          result.failures.push(
            `seed ${seed} request ${n}, ${request.of} by ${request.by}: ${request.method} ${request.path.slice(0, 200)} ${String(request.raw ?? '').slice(0, 300)} → ${wrong}`,
          );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    const after = await stateOf(shop);
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[name] !== after[name])
        result.failures.push(`seed ${seed}, up to request ${until}: ${name} is another now`);
    }
    result.failures.push(...failuresIn(shop.web.output()).map((line) => `the web process wrote: ${line}`));
    progress(until);
  }
  for (const [name, { cookie, things }] of Object.entries({ guest: who.guest, account: who.account })) {
    const { status } = await client.shopper(cookie).call('GET', `/api/orders/${things.order.orderId}`);
    if (status !== 200) result.failures.push(`the ${name} is not who they were: their order answers ${status}`);
  }
  return result;
}

async function attempt(
  url: string,
  request: CorpusRequest,
  secrets: string[],
  { figures, senders }: CorpusResult,
): Promise<string | undefined> {
  const { method, path, raw, headers } = request;
  figures[request.of] ??= { requests: 0, statuses: {} };
  const figure = figures[request.of]!;
  figure.requests += 1;
  senders[request.by] = (senders[request.by] ?? 0) + 1;
  try {
    const answer = await exchange(url, method, path, { ...(raw === undefined ? {} : { raw }), headers });
    figure.statuses[answer.status] = (figure.statuses[answer.status] ?? 0) + 1;
    return complaint(request, answer, secrets);
  } catch (error) {
    return String(error);
  }
}

/** The figures as lines to read. */
export function inLines({ figures, senders }: CorpusResult): string[] {
  const byClass = (Object.keys(figures) as CorpusClass[]).sort().map((name) => {
    const { requests, statuses } = figures[name]!;
    const said = Object.entries(statuses).map(([status, times]) => `${status} × ${times}`);
    return `${name}: ${requests} requests, ${said.join(', ')}`;
  });
  return [...byClass, ...Object.entries(senders).map(([by, requests]) => `by ${by}: ${requests} requests`)];
}
