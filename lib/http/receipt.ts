import type { ReceiptAnswer } from '#lib/contract.ts';
import type { Order } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/** How much of a payment's id is shown: enough to find it in the provider's books, too little to pass for its owner there. */
const SHOWN = 6;

/** @param order a PAID one */
export async function toReceiptAnswer(
  { receipts, env, catalog }: Pick<HoldfastProcess, 'receipts' | 'env' | 'catalog'>,
  order: Order,
): Promise<ReceiptAnswer> {
  const [refunds, sale] = await Promise.all([receipts.refundsOf(order), catalog.sale(order.saleId)]);
  return {
    orderId: order.orderId,
    seller: env.SELLER_NAME,
    createdAt: new Date(order.createdAtMs).toISOString(),
    paidAt: new Date(order.paidAtMs ?? order.createdAtMs).toISOString(),
    items: order.items,
    total: order.total,
    currency: order.currency,
    taxBasisPoints: order.taxBasisPoints,
    tax: order.tax,
    payment: `…${(order.payment ?? '').slice(-SHOWN)}`,
    refunds: refunds.map(({ amount, atMs }) => ({ amount, at: atMs === null ? null : new Date(atMs).toISOString() })),
    ships: sale?.ships ?? false,
    delivery: order.delivery ?? null,
    link: `/orders/${order.orderId}/receipt#${receipts.secretOf(order.orderId)}`,
  };
}
