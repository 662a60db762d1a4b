import { Signer } from '#lib/accounts/index.ts';
import type { Models } from '#lib/mongo/models.ts';

/** Money of an order's payment that went back. Amount in minor units; `atMs` is null while the provider has not confirmed it. */
export interface Refund {
  amount: number;
  atMs: number | null;
}

/** Who may read a receipt without being its customer: whoever has the link. And what a receipt says beyond its order. */
export class Receipts {
  readonly #signer: Signer;
  readonly #refunds: Models['refunds'];

  /** @param secret NEXTAUTH_SECRET: links live as long as it does */
  constructor({ refunds }: Pick<Models, 'refunds'>, secret: string) {
    this.#signer = new Signer(secret, 'receipt link');
    this.#refunds = refunds;
  }

  /** @returns what opens the order's receipt: 256 bits that only this shop can make */
  secretOf(orderId: string): string {
    return this.#signer.sign(orderId).slice(orderId.length + 1);
  }

  /** @returns whether this is the order's secret; takes the same time for every guess */
  opens(orderId: string, secret: string): boolean {
    return this.#signer.verify(`${orderId}.${secret}`) === orderId;
  }

  /** What went back of the payment that won the order. */
  async refundsOf({ payment }: { payment: string | null }): Promise<Refund[]> {
    const record = payment === null ? null : await this.#refunds.findById(payment).lean();
    return record ? [{ amount: record.amount, atMs: record.doneAt?.getTime() ?? null }] : [];
  }
}
