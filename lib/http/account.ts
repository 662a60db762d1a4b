import pLimit from 'p-limit';
import { type Confirmed, customersOf, TooBusyError, type User } from '#lib/accounts/index.ts';
import type { ExportAnswer } from '#lib/contract.ts';
import { problem, tooMany } from '#lib/http/problem.ts';
import { redisClock, toCartAnswer, toOrderAnswer } from '#lib/http/views.ts';
import { LIMITS } from '#lib/limits.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/** The answer to somebody who is signed in but gave a password that does not fit. @param field the body's name for it */
export function unconfirmed(outcome: Exclude<Confirmed, { status: 'done' }>, field: string): Response {
  return outcome.status === 'wait'
    ? tooMany(outcome.exceeded)
    : problem('INVALID_REQUEST', { field, detail: 'The password does not fit.' });
}

const inTurn = pLimit(1);

/**
 * Everything that the shop keeps about an account. It is in memory as a whole, so a process makes one at a time.
 * @throws {TooBusyError} when LIMITS.exportsWaiting stand before it
 */
export async function exportOf(shop: HoldfastProcess, user: User): Promise<ExportAnswer> {
  if (inTurn.pendingCount >= LIMITS.exportsWaiting) throw new TooBusyError('too many exports at once');
  return inTurn(() => gather(shop, user));
}

/** Read page by page. */
async function gather(shop: HoldfastProcess, user: User): Promise<ExportAnswer> {
  const customers = customersOf(user);
  const { email, role, createdAt } = user;
  const at = await redisClock(shop);
  const answer: ExportAnswer = {
    exportedAt: at.serverTime,
    account: { email, role, createdAt: createdAt.toISOString(), customers },
    carts: [],
    delivery: (await shop.deliveries.find(customers)) ?? null,
    orders: [],
    cut: false,
  };
  const limit = LIMITS.exportPage;
  for (let page = 0, more = true; more; page++) {
    const carts = await shop.carts.ofCustomers(customers, { skip: page * limit, limit });
    for (const cart of carts) answer.carts.push(await toCartAnswer(shop, cart));
    more = carts.length === limit && page + 1 < LIMITS.exportPages;
    answer.cut ||= carts.length === limit && !more;
  }
  let before: number = Number.MAX_SAFE_INTEGER;
  for (let page = 0, more = true; more; page++) {
    const orders = await shop.orders.ofCustomers(customers, Math.min(before, 8.64e15), limit);
    const stories = await shop.stories.of(orders);
    for (const order of orders) {
      const sale = await shop.catalog.sale(order.saleId);
      answer.orders.push(toOrderAnswer(order, at, sale, stories.get(order.orderId)));
    }
    more = orders.length === limit && page + 1 < LIMITS.exportPages;
    answer.cut ||= orders.length === limit && !more;
    before = orders.at(-1)?.createdAtMs ?? 0;
  }
  return answer;
}
