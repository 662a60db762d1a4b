import type { IndexDefinition, IndexOptions } from 'mongoose';
import { LIMITS } from '#lib/limits.ts';
import { isDuplicate } from '#lib/mongo/duplicate.ts';
import type { Models } from '#lib/mongo/models.ts';

type Index = { on: keyof Models; fields: IndexDefinition; options: IndexOptions & { name: string } };

/** The sandbox's bank makes its own: it may start before the shop, or in another database. */
const SANDBOX_INDEXES: Index[] = [
  { on: 'sandboxPayments', fields: { orderId: 1 }, options: { name: 'order' } },
  {
    on: 'sandboxPayments',
    fields: { unannounced: 1 },
    options: { name: 'unannounced', partialFilterExpression: { unannounced: true } },
  },
  {
    on: 'sandboxWebhooks',
    fields: { dueAt: 1 },
    options: { name: 'not_done', partialFilterExpression: { done: false } },
  },
];

/**
 * The indexes of the shop. The unique ones are fences: without them a unit could belong to two live orders after Redis
 * lost data, one idempotency key could make two orders, one payment buy two, and one e-mail address or guest could belong to
 * two accounts.
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
  {
    on: 'orders',
    fields: { payment: 1 },
    options: { name: 'payment', unique: true, partialFilterExpression: { payment: { $type: 'string' } } },
  },
  { on: 'orders', fields: { sale: 1, status: 1, _id: 1 }, options: { name: 'sale_status' } },
  {
    on: 'orders',
    fields: { status: 1, deadline: 1 },
    options: { name: 'reserved_deadline', partialFilterExpression: { status: 'RESERVED' } },
  },
  {
    on: 'orders',
    fields: { sale: 1, paidAt: 1 },
    options: { name: 'sale_paid', partialFilterExpression: { status: 'PAID' } },
  },
  { on: 'orders', fields: { customer: 1, createdAt: -1, _id: -1 }, options: { name: 'customer_newest' } },
  {
    on: 'orders',
    fields: { captured: 1 },
    options: { name: 'not_captured', partialFilterExpression: { captured: false } },
  },
  // Of fields that never change: under an index whose keys move, one of two changes at once would not find its cart.
  { on: 'carts', fields: { customer: 1, createdAt: -1 }, options: { name: 'customer_newest' } },
  ...(['carts', 'deliveryDetails'] as const).map(
    (on): Index => ({
      on,
      // MongoDB deletes by it. Its keys move, but no query can use it: none asks for what is a guest's.
      fields: { updatedAt: 1 },
      options: {
        name: 'guests_forgotten',
        expireAfterSeconds: LIMITS.guestForgottenSeconds,
        partialFilterExpression: { guest: true },
      },
    }),
  ),
  { on: 'users', fields: { email: 1 }, options: { name: 'email', unique: true } },
  {
    on: 'users',
    fields: { guests: 1 },
    options: { name: 'guests', unique: true, partialFilterExpression: { guests: { $type: 'string' } } },
  },
  { on: 'products', fields: { updatedAt: 1 }, options: { name: 'changed' } },
  { on: 'sales', fields: { updatedAt: 1 }, options: { name: 'changed' } },
  {
    on: 'paymentEvents',
    fields: { tryAt: 1 },
    options: { name: 'to_do', partialFilterExpression: { done: false } },
  },
  { on: 'paymentEvents', fields: { orderId: 1, receivedAt: 1 }, options: { name: 'order_received' } },
  {
    on: 'refunds',
    fields: { tryAt: 1 },
    options: { name: 'to_do', partialFilterExpression: { status: 'PENDING' } },
  },
  { on: 'refunds', fields: { orderId: 1 }, options: { name: 'order' } },
  {
    on: 'payments',
    fields: { lookAt: 1 },
    options: { name: 'to_do', partialFilterExpression: { ended: false } },
  },
  { on: 'alarms', fields: { raisedAt: 1 }, options: { name: 'open', partialFilterExpression: { open: true } } },
  ...SANDBOX_INDEXES,
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
  await make(models, INDEXES);
  const missing = await missingFences(models);
  if (missing.length > 0) throw new MissingIndexError(`MongoDB lacks the unique index ${missing.join(', ')}`);
}

/** Make the indexes of the sandbox's bank alone. */
export const ensureSandboxIndexes = (models: Models): Promise<void> => make(models, SANDBOX_INDEXES);

async function make(models: Models, indexes: Index[]): Promise<void> {
  for (const { on, fields, options } of indexes) {
    await models[on].collection
      .createIndex(fields as never, options as never)
      .catch((error: Error & { code?: number }) => {
        // 85, 86: an index of that name or those fields exists with other options; 11000: the data already break it.
        if (error.code === 85 || error.code === 86 || isDuplicate(error)) {
          throw new MissingIndexError(`MongoDB index ${on}.${options.name} cannot be made: ${error.message}`);
        }
        throw error;
      });
  }
}

/** The names of the fence indexes that MongoDB does not list as unique and partial; empty when all is well. */
export async function missingFences(models: Models): Promise<string[]> {
  const fences = INDEXES.filter(({ options }) => options.unique);
  const collections = [...new Set(fences.map(({ on }) => on))];
  const listed = await Promise.all(collections.map((on) => models[on].collection.listIndexes().toArray()));
  return fences
    .filter(({ on, options }) => {
      const found = listed[collections.indexOf(on)]?.find(({ name }) => name === options.name);
      return (
        !found?.unique ||
        JSON.stringify(found.partialFilterExpression) !== JSON.stringify(options.partialFilterExpression)
      );
    })
    .map(({ options }) => options.name);
}
