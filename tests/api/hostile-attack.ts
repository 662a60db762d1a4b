import { beforeAll, expect } from 'vitest';
import { everyCall, type HostileCall } from '#tests/api/hostile-calls.ts';
import { openShop, type Shop, sendWebhook } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import type { Answer, Shopper } from '#tests/support/http.ts';

/** A request with what to call it when it goes wrong. */
export type Attempt = [name: string, send: () => Promise<Answer>];

/** A shop with a sale, a cart and a hold, and a stranger who is the shopper and the merchant at once: only the input is wrong. */
export interface Target {
  shop: Shop;
  shopper: Shopper;
  productId: string;
  saleId: string;
  calls: HostileCall[];
  /** Requests sent so far. */
  sent: number;
  send(
    call: { method: string; path: string },
    raw?: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Send them all, sixteen at a time: every one must be refused as a problem, and nothing may have changed. */
  attack(attempts: Attempt[], allowed?: 'only refusals' | 'answers too'): Promise<void>;
}

const admin = { authorization: `Bearer ${process.env.ADMIN_API_KEY}` };
const AT_ONCE = 16;

export function openTarget(): Target {
  const shop = openShop({ env: {} });
  const target = { shop, sent: 0 } as Target;
  target.send = ({ method, path }, raw, headers = {}) => {
    if (path.endsWith('/webhook') && raw !== undefined) return sendWebhook(shop.client, raw);
    return shop.client
      .shopper(target.shopper.cookie)
      .call(method, path, { ...(raw === undefined ? {} : { raw }), headers: { ...admin, ...headers } });
  };
  target.attack = async (attempts, allowed = 'only refusals') => {
    const before = await stateOf(shop);
    const failures: string[] = [];
    const waiting = attempts.values();
    const one = async () => {
      for (const [name, send] of waiting) {
        target.sent += 1;
        const wrong = await send().then((answer) => complaint(answer, allowed), String);
        if (wrong) failures.push(`${name.slice(0, 200)} → ${wrong}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    expect(failures).toEqual([]);
    expect(await stateOf(shop)).toEqual(before);
  };
  beforeAll(async () => {
    const { saleId, productIds } = await shop.client.sale({ units: [50], holdSeconds: 3_600 });
    const [productId] = productIds as [string];
    target.shopper = shop.client.shopper();
    const cartId = await target.shopper.cartWith([{ productId, quantity: 3 }]);
    const { body: order } = await target.shopper.buyNow([{ productId, quantity: 2 }]);
    Object.assign(target, { saleId, productId, calls: everyCall({ saleId, productId, cartId, order }) });
  });
  return target;
}

/** Why an answer to a hostile request is not good enough, or nothing. */
function complaint(answer: Answer, allowed: 'only refusals' | 'answers too'): string | undefined {
  if (allowed === 'answers too' && answer.status === 200) return undefined;
  const { code, status } = answer.body as { code?: string; status?: number };
  const refused =
    answer.status >= 400 && answer.status < 500 && status === answer.status && /^[A-Z_]+$/.test(code ?? '');
  if (refused && answer.headers['content-type'] === 'application/problem+json') return undefined;
  return `${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
}
