import { expect, test } from 'vitest';
import { checkout } from '#lib/orders/index.ts';
import { type PaymentEvent, receive } from '#lib/payments/index.ts';
import { extent } from '#tests/support/extent.ts';
import { checkoutRequest, freshSale, world } from '#tests/support/world.ts';

/** Every order in which a list can be. */
function permutations<T>(list: T[]): T[][] {
  if (list.length < 2) return [list];
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** Two cards and a third that is refused for good: what a provider may say about one order, in whatever order it arrives. */
const EVENTS = [
  { card: 'one', type: 'payment.declined' },
  { card: 'one', type: 'payment.authorized' },
  { card: 'two', type: 'payment.captured' },
  { card: 'three', type: 'payment.failed' },
  { card: 'one', type: 'payment.refunded' },
] as const;

test('in every order of five events the first that decides wins, failed never undoes PAID, money that went back buys nothing, and only the winner keeps its own', async () => {
  const shop = await world();
  const all = permutations([...EVENTS]);
  expect(all).toHaveLength(120);
  const sale = await freshSale(shop, { units: [all.length] });
  const every = extent({ sample: 4, whole: 1 }); // a sample is each fourth
  for (const order of all.filter((_, n) => n % every === 0)) {
    const outcome = await checkout(shop, checkoutRequest(sale));
    if (outcome.status !== 'reserved') throw new Error(outcome.status);
    const { orderId, total: amount, currency } = outcome.order;
    const paymentOf = (card: string) => `${card}-${orderId}`;
    const event = ({ card, type }: (typeof EVENTS)[number]): PaymentEvent => ({
      eventId: `${type}-${paymentOf(card)}`,
      type,
      paymentId: paymentOf(card),
      orderId,
      amount,
      currency,
    });
    for (const one of order) await receive(shop, event(one));
    for (const one of order) await receive(shop, event(one)); // and all of them once more

    const refundedAt = order.findIndex(({ type }) => type === 'payment.refunded');
    const decisive = order.filter(
      ({ card, type }, at) =>
        !['payment.declined', 'payment.refunded'].includes(type) && !(card === 'one' && refundedAt < at),
    );
    const winner = decisive[0]!.type === 'payment.failed' ? undefined : paymentOf(decisive[0]!.card);
    const story = order.map(({ card, type }) => `${card} ${type}`).join(', ');
    expect(await shop.orders.find(orderId), story).toMatchObject(
      winner ? { status: 'PAID', payment: winner, captured: true } : { status: 'CANCELLED', reason: 'PAYMENT_FAILED' },
    );
    const givenBack = winner === paymentOf('one'); // after it had bought: a human is told
    expect(await shop.models.alarms.exists({ _id: `refundedOutside:${orderId}` }), story).toEqual(
      givenBack ? expect.anything() : null,
    );
    const back = await shop.models.refunds.find({ orderId }).sort({ _id: 1 }).lean();
    expect(
      back.map(({ _id, status }) => [_id, status]),
      story,
    ).toEqual(
      ['one', 'two']
        .filter((card) => card === 'one' || paymentOf(card) !== winner)
        .map((card) => [paymentOf(card), 'DONE']),
    );
  }
}, 120_000);
