import { randomUUID } from 'node:crypto';
import { LIMITS } from '#lib/limits.ts';
import { batched } from '#lib/mongo/batch.ts';
import { type CartRecord, type Models, ofGuest } from '#lib/mongo/models.ts';

/** A cart as it is stored: what a shopper wants. It never touches stock. */
export interface Cart {
  cartId: string;
  customer: string;
  status: 'open' | 'closed';
  items: { productId: string; quantity: number }[];
}

export type CartChange =
  | { status: 'changed'; cart: Cart }
  | { status: 'notFound' | 'closed' | 'tooMany' | 'tooManyLines' };

/** Carts in MongoDB. A cart answers only its customer. */
export class Carts {
  readonly #carts: Models['carts'];
  readonly #read: (cartId: string) => Promise<Cart | undefined>;

  constructor({ carts }: Pick<Models, 'carts'>) {
    this.#carts = carts;
    this.#read = batched(async (cartIds: string[]) => {
      const records = await carts.find({ _id: { $in: cartIds } }).lean<CartRecord[]>();
      const byId = new Map(records.map((record) => [record._id, toCart(record)]));
      return cartIds.map((id) => ({ status: 'fulfilled', value: byId.get(id) }));
    });
  }

  async create(customer: string): Promise<Cart> {
    const now = new Date();
    const record: CartRecord = {
      _id: randomUUID(),
      customer,
      items: [],
      status: 'open',
      ...ofGuest(customer),
      createdAt: now,
      updatedAt: now,
    };
    await this.#carts.collection.insertOne(record as never);
    return toCart(record);
  }

  /**
   * @param customers whoever the caller is: an account may be several
   * @returns undefined for somebody else's cart as for a missing one
   */
  async find(cartId: string, customers: readonly string[]): Promise<Cart | undefined> {
    const cart = await this.#read(cartId);
    return cart && customers.includes(cart.customer) ? cart : undefined;
  }

  /** A page of the customers' carts, newest first. */
  async ofCustomers(
    customers: readonly string[],
    { status, skip = 0, limit }: { status?: Cart['status']; skip?: number; limit: number },
  ): Promise<Cart[]> {
    const records = await this.#carts
      .find({ customer: { $in: [...customers] }, ...(status ? { status } : {}) })
      .sort({ createdAt: -1, _id: 1 })
      .skip(skip)
      .limit(limit)
      .lean<CartRecord[]>();
    return records.map(toCart);
  }

  /** Delete every cart of these customers. */
  async erase(customers: readonly string[]): Promise<void> {
    await this.#carts.deleteMany({ customer: { $in: [...customers] } });
  }

  /** Add to a line, or begin one. */
  async add(cartId: string, customers: readonly string[], productId: string, quantity: number): Promise<CartChange> {
    const mine = { _id: cartId, customer: { $in: customers }, status: 'open' };
    const line = { $elemMatch: { product: productId, quantity: { $lte: LIMITS.quantityPerLine - quantity } } };
    const more = () => this.#update({ ...mine, items: line }, { $inc: { 'items.$.quantity': quantity } });
    return (await this.#changeOrBegin(more, mine, productId, quantity)) ?? this.#refusal(cartId, customers, productId);
  }

  /** Set a line's quantity; 0 removes the line. */
  async set(cartId: string, customers: readonly string[], productId: string, quantity: number): Promise<CartChange> {
    const mine = { _id: cartId, customer: { $in: customers }, status: 'open' };
    const line = { ...mine, 'items.product': productId };
    const set = () => this.#update(line, { $set: { 'items.$.quantity': quantity } });
    const changed =
      quantity === 0
        ? await this.#update(mine, { $pull: { items: { product: productId } } })
        : await this.#changeOrBegin(set, mine, productId, quantity);
    return changed ?? this.#refusal(cartId, customers, productId);
  }

  /** An order made from the cart was paid: its lines go, and a cart with none left is closed. */
  async close(cartId: string, productIds: string[]): Promise<void> {
    await this.#carts.collection.updateOne({ _id: cartId as never }, [
      {
        $set: {
          items: { $filter: { input: '$items', cond: { $not: { $in: ['$$this.product', productIds] } } } },
          updatedAt: '$$NOW',
        },
      },
      { $set: { status: { $cond: [{ $eq: [{ $size: '$items' }, 0] }, 'closed', '$status'] } } },
    ]);
  }

  /** Change a line, or begin it. When another call began it in between, it is changed after all. */
  async #changeOrBegin(
    change: () => Promise<CartChange | undefined>,
    mine: object,
    productId: string,
    quantity: number,
  ): Promise<CartChange | undefined> {
    const room = { [`items.${LIMITS.linesPerCheckout - 1}`]: { $exists: false } };
    const begin = { $push: { items: { product: productId, quantity } } };
    return (
      (await change()) ??
      (await this.#update({ ...mine, 'items.product': { $ne: productId }, ...room }, begin)) ??
      (await change())
    );
  }

  async #update(filter: object, update: object): Promise<CartChange | undefined> {
    const record = await this.#carts.collection.findOneAndUpdate(
      filter,
      { ...update, $currentDate: { updatedAt: true } },
      { returnDocument: 'after' },
    );
    return record ? { status: 'changed', cart: toCart(record as unknown as CartRecord) } : undefined;
  }

  async #refusal(cartId: string, customers: readonly string[], productId: string): Promise<CartChange> {
    const cart = await this.find(cartId, customers);
    if (!cart) return { status: 'notFound' };
    if (cart.status === 'closed') return { status: 'closed' };
    return { status: cart.items.some((item) => item.productId === productId) ? 'tooMany' : 'tooManyLines' };
  }
}

function toCart({ _id, customer, status, items }: CartRecord): Cart {
  return {
    cartId: _id,
    customer,
    status,
    items: items.map(({ product, quantity }) => ({ productId: product, quantity })),
  };
}
