import type { OrdersAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { listQuery } from '#lib/http/schemas.ts';
import { redisClock, toOrderAnswer } from '#lib/http/views.ts';
import { fresh } from '#lib/orders/index.ts';

/** The customer's orders, newest first. */
export const GET = route({ who: 'customer', query: listQuery }, async ({ shop, customers, query }) => {
  const before = query.before ? Date.parse(query.before) : Number.MAX_SAFE_INTEGER;
  const page =
    customers.length > 0 ? await shop.orders.ofCustomers(customers, Math.min(before, 8.64e15), query.limit) : [];
  const orders = await Promise.all(page.map((order) => fresh(shop, order)));
  const sales = await Promise.all(orders.map(({ saleId }) => shop.catalog.sale(saleId)));
  const stories = await shop.stories.of(orders);
  const at = await redisClock(shop);
  const next = page.length === query.limit ? new Date(page.at(-1)!.createdAtMs).toISOString() : null;
  return json(200, {
    orders: orders.map((order, i) => toOrderAnswer(order, at, sales[i], stories.get(order.orderId))),
    next,
    serverTime: at.serverTime,
  } satisfies OrdersAnswer);
});
