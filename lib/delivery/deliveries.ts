import { LIMITS } from '#lib/limits.ts';
import { type DeliveryRecord, type Models, type OrderRecord, ofGuest } from '#lib/mongo/models.ts';

/** Who gets a parcel, and where. `country` by ISO 3166-1 alpha-2; `postalCode` is empty where there are none. */
export interface Delivery {
  name: string;
  email: string;
  street: string;
  postalCode: string;
  city: string;
  country: string;
}

/** `tooLate`: the order has details, and the time to change them is over. */
export type Given = { status: 'given'; delivery: Delivery } | { status: 'tooLate' | 'notPaid' };

/** Delivery details in MongoDB: a customer's own, and those of orders. Each write is one single-document step. */
export class Deliveries {
  readonly #saved: Models['deliveryDetails'];
  readonly #orders: Models['orders'];

  constructor({ deliveryDetails, orders }: Pick<Models, 'deliveryDetails' | 'orders'>) {
    this.#saved = deliveryDetails;
    this.#orders = orders;
  }

  /** What somebody has saved for their orders to come: the newest under any of their customer ids. */
  async find(customers: readonly string[]): Promise<Delivery | undefined> {
    const record = await this.#saved
      .findOne({ _id: { $in: [...customers] } })
      .sort({ updatedAt: -1 })
      .lean();
    return record ? toDelivery(record) : undefined;
  }

  /** Save for orders to come; what orders have already stays theirs. */
  async save(customer: string, delivery: Delivery): Promise<void> {
    await this.#saved.updateOne(
      { _id: customer },
      { $set: toDelivery(delivery), $setOnInsert: ofGuest(customer), $currentDate: { updatedAt: true } },
      { upsert: true },
    );
  }

  /** Forget what was saved under these customer ids. */
  async forget(customers: readonly string[]): Promise<void> {
    await this.#saved.deleteMany({ _id: { $in: [...customers] } });
  }

  /** Forget all that is known of these customers, in their orders too: those keep what was bought, and no longer say where it went. */
  async erase(customers: readonly string[]): Promise<void> {
    await this.forget(customers);
    await this.#orders.updateMany({ customer: { $in: [...customers] } }, { $unset: { delivery: true } });
  }

  /**
   * Give a PAID order what its customer has saved, unless it has details. A step of its payment's capture, and like that done
   * again by any worker until it is on record: safe to repeat.
   * @param customers the customer ids of whoever reserved it
   */
  async copyTo(orderId: string, customers: readonly string[]): Promise<void> {
    const delivery = await this.find(customers);
    if (!delivery) return;
    await this.#orders.updateOne(
      { _id: orderId, status: 'PAID', delivery: { $exists: false } },
      { $set: { delivery } },
    );
  }

  /**
   * Give a PAID order its details, or change them while `changeableUntil` allows it. Safe to repeat.
   * @param nowMs Redis's clock, as `paidAt` is
   */
  async give(orderId: string, delivery: Delivery, nowMs: number): Promise<Given> {
    const changeable = { $gt: new Date(nowMs - LIMITS.deliveryChangeMs) };
    const given = await this.#orders
      .findOneAndUpdate(
        { _id: orderId, status: 'PAID', $or: [{ delivery: { $exists: false } }, { paidAt: changeable }] },
        { $set: { delivery: toDelivery(delivery) } },
        { returnDocument: 'after' },
      )
      .lean<OrderRecord>();
    if (given?.delivery) return { status: 'given', delivery: toDelivery(given.delivery) };
    const order = await this.#orders.findById(orderId).lean<OrderRecord>();
    return { status: order?.status === 'PAID' ? 'tooLate' : 'notPaid' };
  }
}

/** The details alone, whatever else a record has. */
function toDelivery({ name, email, street, postalCode, city, country }: Delivery | DeliveryRecord): Delivery {
  return { name, email, street, postalCode, city, country };
}
