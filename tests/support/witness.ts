import { Redis } from 'ioredis';
import mongoose, { type mongo } from 'mongoose';
import type { OrderRecord, PaymentEventRecord, RefundRecord, SandboxPaymentRecord } from '#lib/mongo/models.ts';
import { keys } from '#lib/redis/keys.ts';
import { type LedgerEntry, toLedger } from '#tests/support/ledger.ts';
import type { ShopFloor } from '#tests/support/processes.ts';

/** Reads what a floor's Redis and MongoDB hold, past the shop's own code. */
export interface Witness {
  redis: Redis;
  db: mongo.Db;
  orders: mongo.Collection<OrderRecord>;
  events: mongo.Collection<PaymentEventRecord>;
  refunds: mongo.Collection<RefundRecord>;
  bank: mongo.Collection<SandboxPaymentRecord>;
  /** Every transition of a sale's units, oldest first. */
  ledger(saleId: string): Promise<LedgerEntry[]>;
  /** Units that Redis has sold. */
  sold(saleId: string, productId: string): Promise<number>;
  /** PAID units in MongoDB. */
  paid(saleId: string): Promise<number>;
  close(): Promise<void>;
}

export async function witness({ env }: ShopFloor): Promise<Witness> {
  const redis = new Redis(env.REDIS_URL!, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  const connection = await mongoose.createConnection(env.MONGODB_URI!).asPromise();
  const db = connection.db!;
  const orders = db.collection<OrderRecord>('orders');
  return {
    redis,
    db,
    orders,
    events: db.collection('payment_events'),
    refunds: db.collection('refunds'),
    bank: db.collection('sandbox_payments'),
    ledger: async (saleId) => toLedger(await redis.xrange(keys.ledger(saleId), '-', '+')),
    sold: (saleId, productId) => redis.hlen(keys.sold(saleId, productId)),
    async paid(saleId) {
      const paid = await orders
        .find({ sale: saleId, status: 'PAID' })
        .project<{ tokens: string[] }>({ tokens: 1 })
        .toArray();
      return new Set(paid.flatMap(({ tokens }) => tokens)).size;
    },
    async close() {
      redis.disconnect();
      await connection.close();
    },
  };
}
