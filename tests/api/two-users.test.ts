import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CartAnswer, OrdersAnswer } from '#lib/contract.ts';
import { openShop } from '#tests/api/shop.ts';
import { member } from '#tests/support/accounts.ts';
import { extent } from '#tests/support/extent.ts';
import { type Answer, type Shopper, withoutNonce } from '#tests/support/http.ts';

/** Whose pages no other file’s sales change. */
const shop = openShop({ env: {} });

const REQUESTS = extent({ sample: 1_200, whole: 10_000 });
const AT_ONCE = 20;

/** A customer with a cart, a paid order, a cancelled one and an address, each with words that nobody else has. */
async function customer(shopper: Shopper, word: string, saleId: string, productId: string) {
  const items = [{ productId, quantity: 1 }];
  const address = { name: `${word} Name`, email: `${word}@example.org`, street: `${word} Street 1` };
  await shopper.call('PUT', '/api/delivery', {
    body: { ...address, postalCode: '10115', city: `${word} City`, country: 'DE' },
  });
  const paid = (await shopper.buyNow(items)).body.orderId;
  expect(await shopper.pay(paid)).toMatchObject({ status: 200 });
  const ended = (await shopper.buyNow(items)).body.orderId;
  await shopper.call('POST', `/api/orders/${ended}/cancel`, { body: {} });
  const held = (await shopper.buyNow(items)).body.orderId;
  const cartId = await shopper.cartWith(items);
  const own = [paid, ended, held, cartId, word, shopper.cookie.split('=')[1]!.slice(0, 40)];
  const reads = [
    '/api/orders',
    `/api/orders/${paid}`,
    `/api/orders/${ended}`,
    `/api/orders/${held}`,
    `/api/orders/${paid}/receipt`,
    `/api/cart/${cartId}`,
    '/api/delivery',
    '/api/account',
    '/api/auth/session',
    `/api/sales/${saleId}`,
    '/api/products',
  ];
  return { shopper, own, reads, cartId, held, paid, productId, orders: [paid, ended, held].sort() };
}

test('two guests and two accounts, in thousands of requests between each other: nobody is answered with another’s', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [40], holdSeconds: 600, ships: true });
  const [productId] = productIds as [string];
  const people = [
    await customer(shop.client.shopper(), 'Anneliese', saleId, productId),
    await customer(await member(shop.client), 'Bartholomew', saleId, productId),
    await customer(await member(shop.client), 'Clementine', saleId, productId),
    await customer(shop.client.shopper(), 'Desdemona', saleId, productId),
  ];
  const leaks: string[] = [];
  const statuses = new Map<string, number>();
  let sent = 0;
  const one = async () => {
    while (sent < REQUESTS && leaks.length === 0) {
      const n = sent++;
      const me = people[n % people.length]!;
      const other = people[(n + 1 + (Math.floor(n / people.length) % (people.length - 1))) % people.length]!;
      const answer = await ask(me, other, n);
      const told = JSON.stringify([answer.body, answer.headers]);
      if (!/^(private, )?no-store$/.test(String(answer.headers['cache-control'])))
        leaks.push(`${n}: cache-control ${answer.headers['cache-control']}`);
      for (const stranger of people.filter((person) => person !== me))
        leaks.push(...stranger.own.filter((word) => told.includes(word)).map((word) => `${n}: ${word}`));
      const whose = isForeign(n) ? 'another’s' : 'own';
      const key = `${whose} ${answer.status}`;
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  expect(leaks).toEqual([]);
  expect([...statuses.keys()].sort()).toEqual(['another’s 404', 'own 200']);
  expect(statuses.get('another’s 404')).toBe((REQUESTS * 3) / 10);
  for (const { shopper, orders, cartId } of people) {
    const { body } = await shopper.call<OrdersAnswer>('GET', '/api/orders');
    expect(body.orders.map(({ orderId }) => orderId).sort()).toEqual(orders);
    expect(body.orders.map(({ status }) => status).sort()).toEqual(['CANCELLED', 'PAID', 'RESERVED']);
    expect((await shopper.call<CartAnswer>('GET', `/api/cart/${cartId}`)).body.items).toHaveLength(1);
  }
}, 600_000);

test('the pages of two customers are the same bytes but for a nonce, and nobody keeps them for anybody else', async () => {
  const [one, two] = [shop.client.shopper(), await member(shop.client)];
  await one.call('POST', '/api/cart');
  for (const path of [
    '/',
    '/orders',
    '/cart',
    '/account',
    '/signin',
    '/signup',
    `/orders/${randomUUID()}`,
    `/orders/${randomUUID()}/receipt`,
  ]) {
    const [mine, theirs] = [await one.call<string>('GET', path), await two.call<string>('GET', path)];
    expect([path, mine.status, withoutNonce(mine) === withoutNonce(theirs)]).toEqual([path, 200, true]);
    for (const { headers } of [mine, theirs])
      expect([path, headers['cache-control']]).toEqual([
        path,
        expect.stringMatching(/^private, no-(store$|cache($|.*no-store))/),
      ]);
  }
});

type Person = Awaited<ReturnType<typeof customer>>;

const isForeign = (n: number) => n % 10 >= 7;

/** Mostly one's own pages, and three times in ten a try at another's things. */
function ask({ shopper, reads, cartId }: Person, other: Person, n: number): Promise<Answer> {
  const pick = <T>(list: readonly T[]) => list[Math.floor(n / 10) % list.length]!;
  if (!isForeign(n)) return shopper.call('GET', n % 10 === 6 ? `/api/cart/${cartId}` : reads[n % reads.length]!);
  const { held, paid, productId } = other;
  const address = { name: 'N', email: 'n@example.org', street: 'S 1', postalCode: '1', city: 'C', country: 'DE' };
  const line = { productId, quantity: 2 };
  const [method, path, body] = pick<[string, string, object?]>([
    ['GET', `/api/orders/${paid}`],
    ['GET', `/api/orders/${held}`],
    ['GET', `/api/orders/${paid}/receipt`],
    ['GET', `/api/cart/${other.cartId}`],
    ['POST', `/api/orders/${held}/cancel`, {}],
    ['POST', `/api/orders/${held}/extend`, {}],
    ['PUT', `/api/orders/${paid}/delivery`, address],
    ['POST', '/api/payment/start', { orderId: held }],
    ['POST', '/api/payment/success', { orderId: held }],
    ['POST', '/api/payment/fail', { orderId: held }],
    ['PATCH', `/api/cart/${other.cartId}`, line],
    ['POST', '/api/cart/add', { cartId: other.cartId, ...line }],
    ['POST', '/api/checkout', { cartId: other.cartId }],
  ]);
  return shopper.call(method, path, body && { body });
}
