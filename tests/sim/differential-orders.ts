import { isDeepStrictEqual } from 'node:util';
import type { Models } from '#lib/mongo/models.ts';
import { type Order, type OrderStore, orderStore } from '#lib/orders/index.ts';
import { type MongoState, noMongo, orderModel } from './mongo-model.ts';
import { Random } from './random.ts';

/**
 * Give the same random calls to the orders' store on a real MongoDB and to its model, and compare each reply and what is left.
 * @returns how many calls were compared; throws with the whole sequence at the first difference
 */
export async function compareOrders(
  models: Models,
  options: { sequences: number; calls: number; seed: number; atOnce: number },
): Promise<number> {
  const real = patient(models);
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < options.sequences; n = next++)
      await compareOne(models, real, options.seed + n, options.calls);
  };
  await Promise.all(Array.from({ length: options.atOnce }, lane));
  return options.sequences * options.calls;
}

/** The real store, whose captures are tried again much later: a slow machine must not see it happen. */
function patient(models: Models): OrderStore {
  const store = orderStore(models);
  const later = { $set: { captureAt: new Date('2999-01-01') } };
  return {
    ...store,
    async noteCapture(orderId, outcome) {
      const failures = await store.noteCapture(orderId, outcome);
      await models.orders.collection.updateOne({ _id: orderId as never, captureAt: { $exists: true } }, later);
      return failures;
    },
  };
}

async function compareOne(models: Models, real: OrderStore, seed: number, calls: number): Promise<void> {
  const random = new Random(seed);
  const space = random.uuid().slice(0, 8);
  const state: MongoState = noMongo();
  const model = orderModel(state, { putsOff: true }) as unknown as OrderStore;
  const history: string[] = [];
  const ids: string[] = [];
  for (let i = 0; i < calls; i++) {
    const [name, run] = draw(random, space, ids);
    const expected = await run(real);
    const actual = await run(model);
    history.push(`${name} → ${JSON.stringify(expected)}`);
    if (!isDeepStrictEqual(plain(actual), plain(expected)))
      throw new Error(`seed ${seed}: the model says ${JSON.stringify(actual)}\n${history.join('\n')}`);
  }
  for (const id of ids) {
    const [there, here] = [await real.find(id), await model.find(id)];
    if (!isDeepStrictEqual(plain(here), plain(there)))
      throw new Error(
        `seed ${seed}: ${id} differs: ${JSON.stringify(here)} ${JSON.stringify(there)}\n${history.join('\n')}`,
      );
  }
  await models.orders.collection.deleteMany({ _id: { $in: ids as never[] } });
}

function draw(random: Random, space: string, ids: string[]): [string, (store: OrderStore) => Promise<unknown>] {
  const orderId = ids.length > 0 && random.chance(0.85) ? random.pick(ids) : fresh(random, ids);
  const saleId = `${space}-sale`;
  const atMs = 1_000 + random.below(1_000);
  const status = random.pick(['RESERVED', 'PAID', 'CANCELLED'] as const);
  switch (random.below(11)) {
    case 0:
    case 1:
    case 2: {
      const order = draft(random, space, random.chance(0.9) ? fresh(random, ids) : orderId);
      return [`insert ${JSON.stringify(order)}`, async (store) => owners(await store.insertReserved(order))];
    }
    case 3: {
      const payment = `${space}-pay-${random.below(3)}`;
      return [`pay ${orderId} ${payment}`, (store) => store.pay(orderId, payment, atMs)];
    }
    case 4:
    case 5: {
      const options = {
        ...(random.chance(0.6) ? { overdueAtMs: atMs } : {}),
        ...(random.chance(0.5)
          ? { tombstone: random.chance(0.5) ? { saleId, customer: `${space}-a` } : { saleId: null } }
          : {}),
      };
      const reason = random.pick(['EXPIRED', 'SHOPPER', 'CONFLICT'] as const);
      return [
        `cancel ${orderId} ${reason} ${JSON.stringify(options)}`,
        (store) => store.cancel(orderId, reason, atMs, options),
      ];
    }
    case 6:
      return [`extend ${orderId} ${atMs}`, (store) => store.extend(orderId, atMs, 'asked')];
    case 7: {
      const outcome = random.pick(['captured', 'impossible', 'failed', 'failed'] as const);
      return [`noteCapture ${orderId} ${outcome}`, (store) => store.noteCapture(orderId, outcome)];
    }
    case 8: {
      const query = {
        saleId,
        status,
        after: random.chance(0.8) ? '' : orderId,
        uncaptured: random.chance(0.3),
        ...(random.chance(0.4) ? { overdueAtMs: atMs } : {}),
        ...(random.chance(0.4) ? { orderIds: ids.slice(0, 3) } : {}),
      };
      return [`page ${JSON.stringify(query)}`, (store) => store.page(query)];
    }
    case 9: {
      const wanted = { customer: `${space}-${random.pick(['a', 'b'])}`, key: `k${random.below(2)}` };
      return [`find ${JSON.stringify(wanted)}`, (store) => store.find(wanted)];
    }
    default:
      return [`ofCustomers ${atMs}`, (store) => store.ofCustomers([`${space}-a`, `${space}-b`], atMs, 3)];
  }
}

function draft(random: Random, space: string, orderId: string): Order {
  const tokens = [...new Set(Array.from({ length: 1 + random.below(2) }, () => `${space}-${1 + random.below(5)}`))];
  const atMs = 1_000 + random.below(100_000); // distinct moments: the order of equal ones is nobody's promise
  return {
    orderId,
    customer: `${space}-${random.pick(['a', 'b'])}`,
    saleId: `${space}-sale`,
    cartId: random.chance(0.5) ? random.uuid() : '',
    key: random.chance(0.4) ? `k${random.below(2)}` : '',
    requestFingerprint: 'r',
    itemsFingerprint: 'i',
    items: [{ productId: space, name: 'n', price: 5, quantity: tokens.length, tokens }],
    total: 5 * tokens.length,
    currency: 'EUR',
    taxBasisPoints: 0,
    tax: 0,
    status: 'RESERVED',
    reason: null,
    deadlineMs: 1_000 + random.below(1_000),
    extensions: [],
    createdAtMs: atMs,
    paidAtMs: null,
    payment: null,
    captured: false,
    delivery: null,
  };
}

function fresh(random: Random, ids: string[]): string {
  const id = random.uuid();
  ids.push(id);
  return id;
}

/** MongoDB names the owners of tokens in no promised order. */
const owners = <T extends { status: string; owners?: Order[] }>(reply: T): T => ({
  ...reply,
  ...(reply.owners ? { owners: [...reply.owners].sort((a, b) => (a.orderId < b.orderId ? -1 : 1)) } : {}),
});
const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as unknown;
