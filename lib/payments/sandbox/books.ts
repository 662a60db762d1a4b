import { randomUUID } from 'node:crypto';
import { isDuplicate } from '#lib/mongo/duplicate.ts';
import type { Models, SandboxPaymentRecord } from '#lib/mongo/models.ts';
import type { Payment, Standing } from '#lib/payments/provider.ts';

export type BankPayment = SandboxPaymentRecord;
/** What the bank's ledger says of a payment. `declined` moves no money and may come again; any other comes once. */
export type Kind = BankPayment['entries'][number]['kind'];

/** What a bank process adds to a payment as it is decided: how its webhooks go, and sums that are not the order's. */
export interface Twist {
  delivery?: BankPayment['delivery'];
  amount?: number;
  currency?: string;
}

/** What a shop asks for when it begins a payment. */
export interface Opening extends Omit<Payment, 'paymentId'> {
  /** Idempotency key: the same key is the same payment. */
  key: string;
  returnUrl?: string;
  /** As if the key had never been heard: a real bank forgets keys after a day. */
  keyForgotten?: boolean;
}

/**
 * The sandbox's bank: its payments and its ledger. A payment and its ledger entries are one document, and each step is one
 * compare-and-set on it, which moves the standing and appends the entry. So a payment can never be captured and voided
 * both, and a repeated step appends nothing, whatever comes at once and wherever a process dies.
 */
export class Books {
  readonly #payments: Models['sandboxPayments']['collection'];
  readonly #announces: boolean;

  /** @param announces whether each step is to be told to the shop (a bank process does that, see sandbox/) */
  constructor({ sandboxPayments }: Pick<Models, 'sandboxPayments'>, { announces }: { announces: boolean }) {
    this.#payments = sandboxPayments.collection;
    this.#announces = announces;
  }

  /** Begin a payment. @returns it as it stands: the same key gets the same payment, whatever has become of it */
  async open({ key, orderId, amount, currency, returnUrl, keyForgotten }: Opening): Promise<BankPayment> {
    const base = paymentIdOf(key);
    const paymentId = keyForgotten ? `${base}-${randomUUID().slice(0, 8)}` : base;
    return this.#insert({ paymentId, orderId, amount, currency }, [], returnUrl ? { returnUrl } : {});
  }

  /** The payer has agreed or refused for good; the first word counts. @returns the payment as it stands */
  async decide(payment: Payment, kind: 'authorized' | 'failed', twist: Twist = {}): Promise<BankPayment> {
    for (;;) {
      const moved = await this.#move(payment.paymentId, ['open'], kind, twist);
      if (moved) return moved;
      const known = await this.#insert(payment, [kind]);
      if (known.status !== 'open') return known; // else it was opened between the two steps
    }
  }

  /** One refused try; the payer may try again. @returns undefined when the payment is not open */
  decline(paymentId: string, twist: Twist = {}): Promise<BankPayment | undefined> {
    return this.#move(paymentId, ['open'], 'declined', twist);
  }

  /**
   * Take authorised money. A payment that these books do not know, or know as open only, is taken over as authorised: the
   * shop has a signed word of ours that it is, so it is our books that are behind (restored from a backup, or of another
   * database than the one that heard the payer).
   */
  async capture(payment: Payment): Promise<'captured' | 'impossible'> {
    const captured = await this.#move(payment.paymentId, ['authorized'], 'captured', {}, payment);
    if (captured) return 'captured';
    const known = await this.decide(payment, 'authorized');
    if (known.status === 'authorized') await this.#move(known._id, ['authorized'], 'captured', {}, payment);
    return (await this.find(payment.paymentId))?.status === 'captured' ? 'captured' : 'impossible';
  }

  /** End a payment that is not captured; one that the books do not know is taken over first, so that it can never be captured. */
  async void(payment: Payment): Promise<'voided' | 'captured'> {
    if (await this.#move(payment.paymentId, ['open', 'authorized'], 'voided')) return 'voided';
    const known = await this.decide(payment, 'authorized');
    if (known.status === 'authorized') await this.#move(known._id, ['authorized'], 'voided');
    const after = await this.find(payment.paymentId);
    return after && has(after, 'captured') ? 'captured' : 'voided';
  }

  /** Give captured money back. @returns whether it is back; false when none was captured */
  async refund({ paymentId }: Pick<Payment, 'paymentId'>): Promise<boolean> {
    if (await this.#move(paymentId, ['captured'], 'refunded')) return true;
    const payment = await this.find(paymentId);
    return payment !== undefined && has(payment, 'refunded');
  }

  async find(paymentId: string): Promise<BankPayment | undefined> {
    return read(await this.#payments.findOne({ _id: paymentId as never }));
  }

  /** All payments of an order, oldest first. */
  async ofOrder(orderId: string, limit: number): Promise<BankPayment[]> {
    const found = await this.#payments.find({ orderId }).sort({ createdAt: 1, _id: 1 }).limit(limit).toArray();
    return found.map((record) => read(record)!);
  }

  /** A page of the ledger: payments with their entries, by id. @param after the last page's last id */
  async page(after: string, limit: number): Promise<BankPayment[]> {
    const found = await this.#payments
      .find({ _id: { $gt: after as never } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map((record) => read(record)!);
  }

  /** Payments whose steps the shop was not told of yet, and the note that it was. */
  async unannounced(limit: number): Promise<BankPayment[]> {
    const found = await this.#payments.find({ unannounced: true }).limit(limit).toArray();
    return found.map((record) => read(record)!);
  }

  /** All that these payments' ledgers said when they were read is on its way to the shop; what was added since is not. */
  async noteAnnounced(payments: BankPayment[]): Promise<void> {
    const updates = payments.map(({ _id, entries }) => ({
      updateOne: {
        filter: { _id: _id as never, entries: { $size: entries.length } },
        update: { $unset: { unannounced: '' as const } },
      },
    }));
    await this.#payments.bulkWrite(updates, { ordered: false });
  }

  /** One step of a payment that stands where it must. @param sum only if it is of this amount and currency */
  async #move(
    paymentId: string,
    from: Standing[],
    kind: Kind,
    { delivery, amount, currency }: Twist = {},
    sum?: Pick<Payment, 'amount' | 'currency'>,
  ): Promise<BankPayment | undefined> {
    const sums = { amount: amount ?? '$amount', currency: currency ?? '$currency' };
    const entry = { kind, ...sums, at: '$$NOW' };
    const moved = await this.#payments.findOneAndUpdate(
      {
        _id: paymentId as never,
        status: { $in: from },
        ...(sum ? { amount: sum.amount, currency: sum.currency } : {}),
      },
      [
        {
          $set: {
            ...sums,
            entries: { $concatArrays: [{ $ifNull: ['$entries', []] }, [entry]] },
            ...(kind === 'declined' ? {} : { status: kind }),
            ...(delivery ? { delivery: { $literal: delivery } } : {}),
            ...(this.#announces ? { unannounced: true } : {}),
          },
        },
      ],
      { returnDocument: 'after' },
    );
    return read(moved);
  }

  async #insert(payment: Payment, kinds: Kind[], more: Partial<BankPayment> = {}): Promise<BankPayment> {
    const { paymentId, orderId, amount, currency } = payment;
    const at = new Date();
    const record: Omit<BankPayment, '_id'> = {
      orderId,
      amount,
      currency,
      status: (kinds.at(-1) ?? 'open') as Standing,
      createdAt: at,
      entries: kinds.map((kind) => ({ kind, amount, currency, at })),
      ...more,
      ...(this.#announces && kinds.length > 0 ? { unannounced: true } : {}),
    };
    for (;;) {
      try {
        const stored = await this.#payments.findOneAndUpdate(
          { _id: paymentId as never },
          { $setOnInsert: record },
          { upsert: true, returnDocument: 'after' },
        );
        return read(stored)!;
      } catch (error) {
        if (!isDuplicate(error)) throw error; // two inserted at once: read the other's
      }
    }
  }
}

/** A payment's id is made from its idempotency key, so that no lookup is needed to honour the key. */
export const paymentIdOf = (key: string): string => `pay-${key}`;

export const has = ({ entries }: BankPayment, kind: Kind): boolean => entries.some((entry) => entry.kind === kind);

/** A payment of a time before the bank had a ledger gets the entries that its standing tells of. */
function read(record: unknown): BankPayment | undefined {
  const payment = record as BankPayment | null;
  if (!payment || payment.entries) return payment ?? undefined;
  const { status, amount, currency, createdAt: at } = payment;
  const kinds = ENTRIES_OF[status];
  return { ...payment, entries: kinds.map((kind) => ({ kind, amount, currency, at })) };
}

const ENTRIES_OF: Record<Standing, Kind[]> = {
  open: [],
  authorized: ['authorized'],
  captured: ['authorized', 'captured'],
  failed: ['failed'],
  voided: ['authorized', 'voided'],
  refunded: ['authorized', 'captured', 'refunded'],
};
