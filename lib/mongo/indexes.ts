import type { IndexDefinition, IndexOptions } from 'mongoose';
import type { Models } from '#lib/mongo/models.ts';

type Index = { on: keyof Models; fields: IndexDefinition; options: IndexOptions & { name: string } };

/**
 * The indexes of the shop. The first two are fences: without them a unit could belong to two live orders after Redis
 * lost data, and one idempotency key could make two orders.
 */
const INDEXES: Index[] = [
  {
    on: 'orders',
    fields: { tokens: 1 },
    options: { name: 'tokens_live', unique: true, partialFilterExpression: { status: { $in: ['RESERVED', 'PAID'] } } },
  },
  {
    on: 'orders',
    fields: { customer: 1, key: 1 },
    options: { name: 'customer_key', unique: true, partialFilterExpression: { key: { $type: 'string' } } },
  },
  { on: 'orders', fields: { sale: 1, status: 1, _id: 1 }, options: { name: 'sale_status' } },
  {
    on: 'orders',
    fields: { status: 1, deadline: 1 },
    options: { name: 'reserved_deadline', partialFilterExpression: { status: 'RESERVED' } },
  },
  { on: 'orders', fields: { customer: 1, createdAt: -1, _id: -1 }, options: { name: 'customer_newest' } },
  {
    on: 'orders',
    fields: { captured: 1 },
    options: { name: 'not_captured', partialFilterExpression: { captured: false } },
  },
  { on: 'products', fields: { updatedAt: 1 }, options: { name: 'changed' } },
  { on: 'sales', fields: { updatedAt: 1 }, options: { name: 'changed' } },
  {
    on: 'paymentEvents',
    fields: { receivedAt: 1 },
    options: { name: 'not_done', partialFilterExpression: { done: false } },
  },
  {
    on: 'refunds',
    fields: { createdAt: 1 },
    options: { name: 'pending', partialFilterExpression: { status: 'PENDING' } },
  },
];

/** Thrown when a fence is not there and cannot be made; a shop without it must not start. */
export class MissingIndexError extends Error {
  override name = 'MissingIndexError';
}

/**
 * Make every index, then look whether the fences are really there.
 * @throws {MissingIndexError} when one is missing or differs; other errors mean MongoDB could not be asked
 */
export async function ensureIndexes(models: Models): Promise<void> {
  for (const { on, fields, options } of INDEXES) {
    await models[on].collection
      .createIndex(fields as never, options as never)
      .catch((error: Error & { code?: number }) => {
        // 85, 86: an index of that name or those fields exists with other options; 11000: the data already break it.
        if (error.code === 85 || error.code === 86 || error.code === 11000) {
          throw new MissingIndexError(`MongoDB index ${on}.${options.name} cannot be made: ${error.message}`);
        }
        throw error;
      });
  }
  const missing = await missingFences(models);
  if (missing.length > 0) throw new MissingIndexError(`MongoDB lacks the unique index ${missing.join(', ')}`);
}

/** The names of the fence indexes that MongoDB does not list as unique and partial; empty when all is well. */
export async function missingFences(models: Models): Promise<string[]> {
  const listed = await models.orders.collection.listIndexes().toArray();
  return INDEXES.filter(({ options }) => options.unique)
    .filter(({ options }) => {
      const found = listed.find(({ name }) => name === options.name);
      return (
        !found?.unique ||
        JSON.stringify(found.partialFilterExpression) !== JSON.stringify(options.partialFilterExpression)
      );
    })
    .map(({ options }) => options.name);
}
