import type { AlarmKind } from '#lib/alarms/index.ts';
import type { Violation } from '#lib/audit/violation.ts';
import { LIMITS } from '#lib/limits.ts';
import { type PaymentAnswer, ProviderUnavailableError, Sandbox } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/** At most this many violations are named. */
const NAMED = 50;

/** The alarms that tell a human that the money of a PAID order was not taken, or is gone. */
const UNCAPTURED: AlarmKind[] = ['captureFailed', 'captureStuck', 'refundedOutside'];

/** The order that a payment is for, as far as money is concerned. */
interface Owner {
  _id: string;
  status: 'RESERVED' | 'PAID' | 'CANCELLED';
  total: number;
  currency: string;
  payment?: string;
}

/**
 * Compare the bank's ledger with the orders, both ways (I8). Only the sandbox's bank shows its ledger.
 * @returns undefined when the provider is another one: then nothing was checked
 */
export async function auditBank(
  shop: Pick<HoldfastProcess, 'models'> & { provider: object },
): Promise<Violation[] | undefined> {
  if (!(shop.provider instanceof Sandbox)) return undefined;
  const found: Violation[] = [];
  const say = (what: string, atOnce = false) => {
    if (found.length < NAMED) found.push({ invariant: 'I8', what, atOnce });
  };
  try {
    const captured = await checkLedger(shop.models, shop.provider, say);
    await checkOrders(shop.models, captured, say);
  } catch (error) {
    if (!(error instanceof ProviderUnavailableError)) throw error;
    say('the bank cannot be asked for its ledger');
  }
  return found;
}

type Say = (what: string, atOnce?: boolean) => void;
type Models = HoldfastProcess['models'];

/** Each payment of the ledger against its order. @returns all captured payments: id → the order that it is for */
async function checkLedger(models: Models, bank: Sandbox, say: Say): Promise<Map<string, string>> {
  const captured = new Map<string, string>();
  for (let after = ''; ; ) {
    const page = await bank.ledger(after, LIMITS.bankPage);
    const orderIds = page.map(({ orderId }) => orderId);
    const [orders, owed] = await Promise.all([
      models.orders.find({ _id: { $in: orderIds } }, { status: 1, total: 1, currency: 1, payment: 1 }).lean<Owner[]>(),
      models.refunds.find({ _id: { $in: page.map(({ paymentId }) => paymentId) } }, { reason: 1 }).lean(),
    ]);
    const owners = new Map(orders.map((order) => [order._id, order]));
    const reasons = new Map(owed.map(({ _id, reason }) => [_id, reason]));
    const raised = await models.alarms
      .find({ kind: 'refundedOutside', subject: { $in: orderIds } }, { subject: 1 })
      .lean();
    const told = new Set(raised.map(({ subject }) => subject));
    for (const payment of page) {
      const { orderId, paymentId } = payment;
      checkPayment(payment, owners.get(orderId), { reason: reasons.get(paymentId), told: told.has(orderId) }, say);
      if (payment.entries.some(({ kind }) => kind === 'captured')) captured.set(paymentId, orderId);
    }
    if (page.length < LIMITS.bankPage) return captured;
    after = page.at(-1)!.paymentId;
  }
}

/** @param back why this payment goes back, if that is on record; and whether a human was told that its order's money did, outside */
function checkPayment(
  { paymentId, entries }: PaymentAnswer,
  order: Owner | undefined,
  back: { reason: string | undefined; told: boolean },
  say: Say,
): void {
  const all = (kind: string) => entries.filter((entry) => entry.kind === kind);
  const [captured, voided, refunded] = [all('captured'), all('voided'), all('refunded')];
  if (captured.length > 1 || voided.length > 1 || refunded.length > 1)
    say(`payment ${paymentId} was captured, voided or refunded more than once`, true);
  if (captured.length > 0 && voided.length > 0) say(`payment ${paymentId} was captured and voided`, true);
  const won = order?.status === 'PAID' && order.payment === paymentId;
  const loser = order === undefined ? 'no order' : `order ${order._id}, which is ${order.status} without it`;
  const [taken] = captured;
  if (refunded.length > 0 && back.reason === undefined)
    say(`payment ${paymentId} was given back, and no row of \`refunds\` says why`);
  else if (refunded.length > 0 && won && !back.reason?.startsWith('admin:') && !back.told)
    say(`payment ${paymentId} was given back though it has won, and no human has decided or was told so`);
  const [given] = refunded;
  if (taken && given && !back.told && (given.amount !== taken.amount || given.currency !== taken.currency))
    say(
      `payment ${paymentId} gave back ${given.amount} ${given.currency}, it had taken ${taken.amount} ${taken.currency}`,
      true,
    );
  if (taken && refunded.length === 0) {
    if (!won) say(`payment ${paymentId} was captured for ${loser}`);
    else if (taken.amount !== order.total || taken.currency !== order.currency)
      say(
        `payment ${paymentId} took ${taken.amount} ${taken.currency}, its order costs ${order.total} ${order.currency}`,
        true,
      );
  }
  const hangs = all('authorized').length > 0 && !taken && voided.length === 0;
  if (hangs && !won && order?.status !== 'RESERVED') say(`payment ${paymentId} still holds money for ${loser}`);
}

/** Each PAID order: its payment is one for it and was captured, or a human was told. */
async function checkOrders({ orders, alarms }: Models, captured: Map<string, string>, say: Say): Promise<void> {
  for (let after = ''; ; ) {
    const page = await orders
      .find({ status: 'PAID', _id: { $gt: after } }, { payment: 1 })
      .sort({ _id: 1 })
      .limit(LIMITS.orderBatch)
      .lean<Pick<Owner, '_id' | 'payment'>[]>();
    for (const { _id, payment = '' } of page)
      if ((captured.get(payment) ?? _id) !== _id)
        say(`order ${_id} is PAID by payment ${payment}, which is for ${captured.get(payment)}`, true);
    const unpaid = page.filter(({ payment }) => !captured.has(payment ?? '')).map(({ _id }) => _id);
    // One that a human closed says how the money was settled otherwise; one that is over says nothing.
    const raised =
      unpaid.length > 0
        ? await alarms
            .find({ subject: { $in: unpaid }, kind: { $in: UNCAPTURED }, over: { $ne: true } }, { subject: 1 })
            .lean()
        : [];
    const told = new Set(raised.map(({ subject }) => subject));
    for (const orderId of unpaid)
      if (!told.has(orderId)) say(`order ${orderId} is PAID, its money is not captured, and nobody was told`);
    if (page.length < LIMITS.orderBatch) return;
    after = page.at(-1)!._id;
  }
}
