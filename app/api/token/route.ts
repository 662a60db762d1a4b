import type { TokensAnswer } from '#lib/contract.ts';
import { json, onlyAnswers, route } from '#lib/http/route.ts';
import { listQuery } from '#lib/http/schemas.ts';
import { redisClock } from '#lib/http/views.ts';

/** Tokens and reservations as Redis has them now, for the merchant. Long lists are paged by limit and offset. */
export const GET = route({ who: 'viewer', query: listQuery }, async ({ shop, query }) => {
  const { limit, offset, saleId } = query;
  const answer: TokensAnswer = {
    stock: {},
    activeReservations: {},
    sold: {},
    reservationCount: 0,
    deadlines: {},
    next: null,
    serverTime: '',
  };
  const sales = saleId ? [await shop.catalog.sale(saleId)] : await shop.catalog.sales();
  let more = false;
  for (const sale of sales) {
    if (!sale) continue;
    const { answer: live } = await shop.live.look(sale);
    await Promise.all(
      live.products.map(async ({ productId, available, sold }) => {
        const availableTokens = await shop.inventory.stockPage(sale._id, productId, offset, limit);
        answer.stock[productId] = { availableCount: available ?? 0, availableTokens };
        answer.sold[productId] = sold ?? 0;
        more ||= (available ?? 0) > offset + limit;
      }),
    );
    const holds = await shop.inventory.holdsPage(sale._id, offset, limit);
    const looks = await Promise.all(holds.map(({ orderId }) => shop.inventory.readHold(sale._id, orderId)));
    for (const look of looks) {
      if (look.status !== 'held') continue;
      answer.activeReservations[look.hold.orderId] = look.hold.tokens;
      answer.deadlines[look.hold.orderId] = new Date(look.hold.deadlineMs).toISOString();
    }
    const count = await shop.inventory.holdsCount(sale._id);
    answer.reservationCount += count;
    more ||= count > offset + limit;
  }
  answer.next = more ? offset + limit : null;
  answer.serverTime = (await redisClock(shop)).serverTime;
  return json(200, answer);
});

const other = onlyAnswers('GET');

export { other as DELETE, other as OPTIONS, other as PATCH, other as POST, other as PUT };
