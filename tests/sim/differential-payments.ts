import { isDeepStrictEqual } from 'node:util';
import type { Models } from '#lib/mongo/models.ts';
import {
  type BegunPayments,
  begunPayments,
  type Inbox,
  inbox,
  type Outbox,
  outbox,
  type PaymentEvent,
} from '#lib/payments/index.ts';
import { begunModel, inboxModel, noMongo, outboxModel } from './mongo-model.ts';
import { Random } from './random.ts';

interface Stores {
  inbox: Inbox;
  outbox: Outbox;
  begun: BegunPayments;
}

/**
 * Give the same random calls to the stores of payments on a real MongoDB and to their models, and compare each reply and what
 * is left. Whoever takes up what is due takes all of it, so the sequences come one after another, on collections that nobody
 * else uses. When something is due is not compared: in the models time flies.
 * @returns how many calls were compared; throws with the whole sequence at the first difference
 */
export async function comparePayments(
  models: Models,
  options: { sequences: number; calls: number; seed: number },
): Promise<number> {
  for (let n = 0; n < options.sequences; n++) await compareOne(models, options.seed + n, options.calls);
  return options.sequences * options.calls;
}

async function compareOne(models: Models, seed: number, calls: number): Promise<void> {
  await Promise.all([
    models.paymentEvents.collection.deleteMany(),
    models.refunds.collection.deleteMany(),
    models.payments.collection.deleteMany(),
  ]);
  const random = new Random(seed);
  const ids = Array.from({ length: 4 }, () => random.uuid());
  const real = allDue(models);
  const state = noMongo();
  const model = {
    inbox: inboxModel(state),
    outbox: outboxModel(state),
    begun: begunModel(state),
  } as unknown as Stores;
  const history: string[] = [];
  const same = async (name: string, run: (stores: Stores) => unknown) => {
    const [expected, actual] = [await run(real), await run(model)].map(plain);
    history.push(`${name} → ${JSON.stringify(expected)}`);
    if (!isDeepStrictEqual(actual, expected))
      throw new Error(`seed ${seed}: the model says ${JSON.stringify(actual)}\n${history.join('\n')}`);
  };
  for (let i = 0; i < calls; i++) await same(...draw(random, ids));
  for (const [name, run] of TAKING) await same(name, run);
  for (const id of ids) {
    await same(`owes ${id}`, (stores) => stores.outbox.owes(id));
    await same(`takeUp ${id}`, (stores) => stores.outbox.takeUp(id));
    await same(`store ${id}`, (stores) => stores.inbox.store(event(id, 0)));
  }
}

/** The real stores, in which everything that was put off is due when it is taken up. */
function allDue(models: Models): Stores {
  const [events, owed, begun] = [inbox(models, QUIET), outbox(models), begunPayments(models)];
  const now = { $set: { tryAt: new Date(0) } };
  return {
    inbox: {
      ...events,
      waiting: async () => (await models.paymentEvents.collection.updateMany({}, now)) && events.waiting(),
    },
    outbox: { ...owed, pending: async () => (await models.refunds.collection.updateMany({}, now)) && owed.pending() },
    begun: {
      ...begun,
      due: async (nowMs) =>
        (await models.payments.collection.updateMany({}, { $set: { lookAt: new Date(0) } })) && begun.due(nowMs),
    },
  };
}

/** By Redis's clock. */
const NOW_MS = 1_000_000;
const QUIET = { raise: async () => {}, over: async () => {} };

type Step = [name: string, run: (stores: Stores) => unknown];

/** What takes up all that is due, in no promised order. */
const TAKING: Step[] = [
  ['waiting', async (stores) => byId(await stores.inbox.waiting(), ({ eventId }) => eventId)],
  ['pending', async (stores) => byId(await stores.outbox.pending(), (paymentId) => paymentId)],
  [
    'due',
    async (stores) =>
      byId(
        (await stores.begun.due(NOW_MS)).map(({ orderId, paymentId, looks }) => ({ orderId, paymentId, looks })),
        ({ orderId }) => orderId,
      ),
  ],
];

function draw(random: Random, ids: string[]): Step {
  const id = random.pick(ids);
  const amount = random.below(3);
  const steps: Step[] = [
    ...TAKING,
    [`store ${id} ${amount}`, (stores) => stores.inbox.store(event(id, amount))],
    [`noteDone ${id} (inbox)`, (stores) => stores.inbox.noteDone(id, 'paid')],
    [`owe ${id} ${amount}`, (stores) => stores.outbox.owe(event(id, amount), amount ? 'mismatch' : 'ended')],
    [`ofHold order-${id}`, (stores) => stores.outbox.ofHold(`order-${id}`)],
    [`owes ${id}`, (stores) => stores.outbox.owes(id)],
    [`takeUp ${id}`, (stores) => stores.outbox.takeUp(id)],
    [`noteDone ${id} (outbox)`, (stores) => stores.outbox.noteDone(id)],
    [`notePending ${id}`, (stores) => stores.outbox.notePending(id)],
    [`oweAgain ${id}`, (stores) => stores.outbox.oweAgain(id)],
    [`begin ${id}`, (stores) => stores.begun.begin(id, 1_000)],
    [`note ${id} ${amount}`, (stores) => stores.begun.note(id, `pay-${amount}`)],
    [`lookAgain ${id}`, (stores) => stores.begun.lookAgain(id, 1_000)],
    [`noteEnded ${id} ${amount}`, (stores) => stores.begun.noteEnded(id, amount ? `pay-${amount}` : undefined)],
  ];
  return random.pick(steps);
}

const event = (id: string, amount: number): PaymentEvent => ({
  eventId: id,
  type: 'payment.authorized',
  paymentId: id,
  orderId: `order-${id}`,
  amount,
  currency: 'EUR',
});

const byId = <T>(found: T[], idOf: (one: T) => string): T[] => found.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as unknown;
