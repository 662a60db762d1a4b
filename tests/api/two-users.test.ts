import { expect, test } from 'vitest';
import type { CartAnswer, OrdersAnswer } from '#lib/contract.ts';
import { openShop } from '#tests/api/shop.ts';
import { member } from '#tests/support/accounts.ts';
import type { Answer, Shopper } from '#tests/support/http.ts';

const shop = openShop();

const REQUESTS = 10_000;
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
  return { shopper, own, reads, cartId, held, orders: [paid, ended, held].sort() };
}

test('two customers, a guest and an account, in ten thousand requests between each other: nobody is answered with the other’s', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [20], holdSeconds: 600, ships: true });
  const [productId] = productIds as [string];
  const people = [
    await customer(shop.client.shopper(), 'Anneliese', saleId, productId),
    await customer(await member(shop.client), 'Bartholomew', saleId, productId),
  ] as const;
  const leaks: string[] = [];
  const statuses = new Map<number, number>();
  let sent = 0;
  const one = async () => {
    while (sent < REQUESTS && leaks.length === 0) {
      const n = sent++;
      const [me, other] = n % 2 ? [people[1], people[0]] : [people[0], people[1]];
      const answer = await ask(me, other, n);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const told = JSON.stringify([answer.body, answer.headers]);
      leaks.push(...other.own.filter((word) => told.includes(word)).map((word) => `${n}: ${word}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  expect(leaks).toEqual([]);
  expect([...statuses].filter(([status]) => status >= 500)).toEqual([]);
  expect(statuses.get(200), 'most are answered').toBeGreaterThan(REQUESTS / 2);
  for (const { shopper, orders, cartId } of people) {
    const { body } = await shopper.call<OrdersAnswer>('GET', '/api/orders');
    expect(body.orders.map(({ orderId }) => orderId).sort()).toEqual(orders);
    expect((await shopper.call<CartAnswer>('GET', `/api/cart/${cartId}`)).body.items).toHaveLength(1);
  }
}, 600_000);

type Person = Awaited<ReturnType<typeof customer>>;

/** Mostly one's own pages, sometimes a change of one's own cart, sometimes a try at the other's things. */
function ask({ shopper, reads, cartId }: Person, other: Person, n: number): Promise<Answer> {
  const pick = (list: string[]) => list[Math.floor(n / 2) % list.length]!;
  if (n % 10 < 7) return shopper.call('GET', pick(reads));
  if (n % 10 === 7) return shopper.call('POST', `/api/orders/${other.held}/cancel`, { body: {} });
  if (n % 10 === 8) return shopper.call('GET', `/api/cart/${other.cartId}`);
  return shopper.call('GET', `/api/cart/${cartId}`);
}
