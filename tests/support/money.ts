import type { StartPaymentAnswer } from '#lib/contract.ts';
import { Random } from '#tests/sim/random.ts';
import { type BankFloor, bankFloor } from '#tests/support/bank.ts';
import { compare } from '#tests/support/compare-money.ts';
import { checkHistory, whatWasTold } from '#tests/support/history.ts';
import type { Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** What goes wrong at the bank, all of it at once: each with this share of the payments or API calls. */
const EVERY_FAULT = {
  silent: 0.1,
  late: 0.1,
  lateMs: 3_000,
  duplicate: 0.15,
  copies: 10,
  shuffled: 0.1,
  declining: 0.1,
  doublePaying: 0.1,
  wrongAmount: 0.05,
  wrongCurrency: 0.03,
  capturing: 0.1,
  slow: 0.05,
  slowMs: 500,
  down: 0.08,
  replyLost: 0.08,
  forgetKeys: 0.1,
};

/** The bank is killed and started again meanwhile, on a machine that may be busy. */
const PATIENCE_MS = 180_000;
const PRICES = [999, 1_250, 7_305, 19_990];
/** What a shopper does, as often as it stands here: most pay. */
const CHOICES = [
  ...Array.from({ length: 12 }, () => 'pays' as const),
  'pays at the last moment',
  'pays by the button',
  'declines, then pays',
  'refuses',
  'walks away',
  'cancels, then pays',
] as const;
type Choice = (typeof CHOICES)[number];

export interface MoneyOptions {
  purchases: number;
  seed: number;
  /** Purchases under way at most. */
  inFlight: number;
  /** How long a hold lasts, and its extension for paying: short ones run out while the bank is away. */
  holdSeconds: number;
  /** How often the bank's process is killed and started again. */
  kills: number;
  say?: (line: string) => void;
}

export interface MoneyFigures {
  seconds: number;
  choices: Record<string, number>;
  /** Orders by how they ended. */
  orders: Record<string, number>;
  /** Payments in the bank's books, by standing. */
  payments: Record<string, number>;
  /** How often each fault struck. */
  struck: Record<string, number>;
  kills: number;
  /** Minor units: what the bank's ledger says the shop has, and what its PAID orders cost. */
  taken: number;
  sold: number;
}

/**
 * Many purchases while the bank does everything wrong that it can, and is killed now and then; at rest the bank's ledger
 * must equal the orders to the cent, and nothing may hang.
 * @returns the figures, and what did not fit, in words
 */
export async function runMoney(options: MoneyOptions): Promise<{ figures: MoneyFigures; problems: string[] }> {
  const { purchases, seed, kills, holdSeconds, say = () => {} } = options;
  const began = performance.now();
  const its = await bankFloor({}, { workers: 2 });
  const look = await witness(its.floor);
  try {
    const faults = { seed, ...EVERY_FAULT };
    await its.bank.faults(faults);
    const struck: Record<string, number> = {};
    const choices: Record<string, number> = {};
    const shelf = await fill(its, purchases, holdSeconds);
    const random = new Random(seed);
    const plans = Array.from({ length: purchases }, () => ({
      choice: random.pick(CHOICES),
      productId: random.pick(shelf),
      quantity: 1 + random.below(3),
    }));
    let next = 0;
    let over = 0;
    const lane = async () => {
      while (next < plans.length) {
        const plan = plans[next++]!;
        await buy(its, plan);
        choices[plan.choice] = (choices[plan.choice] ?? 0) + 1;
        over += 1;
        if (over % 100 === 0) say(`${over} purchases, ${Math.round((performance.now() - began) / 1_000)} s`);
      }
    };
    const nemesis = async () => {
      for (let kill = 1; kill <= kills; kill++) {
        await until(() => next >= (purchases * kill) / (kills + 1), {
          what: 'the run is that far',
          timeoutMs: 30 * 60_000,
        });
        addUp(struck, (await its.bank.struck()).struck);
        its.bank.running.signal('SIGKILL');
        await its.bank.running.exit;
        await its.bank.restart({ SANDBOX_FAULTS: toText(faults) });
        say('the bank was killed and is back');
      }
    };
    await Promise.all([...Array.from({ length: options.inFlight }, lane), nemesis()]);
    addUp(struck, (await its.bank.struck()).struck);
    say('all have chosen; waiting for rest');
    await its.bank.faults();
    await untilAtRest(its, look);

    const { figures, problems } = await compare(its, look);
    problems.push(...checkHistory(await whatWasTold(its.floor, look)));
    const audited = await its.floor.run('audit');
    if (audited.code !== 0) problems.push(audited.output);
    const seconds = Math.round((performance.now() - began) / 1_000);
    return { figures: { seconds, choices, struck, kills, ...figures }, problems };
  } finally {
    await look.close();
    await its.close();
  }
}

/** A product of each price, with units for everybody. */
async function fill({ web }: BankFloor, purchases: number, holdSeconds: number): Promise<string[]> {
  const sales = PRICES.map((price) =>
    web.client.sale({ price, units: [purchases * 3], holdSeconds, extendSeconds: holdSeconds }),
  );
  return (await Promise.all(sales)).flatMap(({ productIds }) => productIds);
}

async function buy(its: BankFloor, plan: { choice: Choice; productId: string; quantity: number }): Promise<void> {
  const shopper = its.web.client.shopper();
  await shopper.call('POST', '/api/cart'); // the shop knows the shopper before anything may be repeated
  const { productId, quantity } = plan;
  const order = await until(
    async () => {
      const { status, body } = await shopper.buyNow([{ productId, quantity }], `money-${shopper.cookie.slice(-40)}`);
      return status === 201 || status === 200 ? body : undefined;
    },
    { what: 'a hold', timeoutMs: PATIENCE_MS },
  );
  const { orderId } = order;
  if (plan.choice === 'pays by the button') return void (await shopper.pay(orderId));
  const page = await start(shopper, orderId);
  if (!page) return; // the hold ran out while the bank was away
  const choose = (choice: Parameters<typeof its.bank.choose>[1]) =>
    until(async () => (await its.bank.choose(page, choice)).status === 303, {
      what: 'the bank page answers',
      timeoutMs: PATIENCE_MS,
    });
  switch (plan.choice) {
    case 'walks away':
      return;
    case 'refuses':
      return void (await choose('refuse'));
    case 'cancels, then pays':
      await shopper.call('POST', `/api/orders/${orderId}/cancel`);
      break;
    case 'declines, then pays':
      await choose('decline');
      break;
    case 'pays at the last moment':
      await until(async () => (await view(shopper, orderId)).expiresIn <= 1, {
        what: 'the last second',
        everyMs: 100,
        timeoutMs: 180_000,
      });
      break;
    case 'pays':
      break;
    default:
      plan.choice satisfies never;
  }
  await choose('approve');
  // A shopper whose payment was declined sees an order that is still open, and tries once more.
  if ((await view(shopper, orderId)).status === 'RESERVED') await choose('approve');
}

/** @returns the address of the bank's page, or undefined when the order ended before the bank could be asked */
async function start(shopper: Shopper, orderId: string): Promise<string | undefined> {
  const { status, body } = await until(
    async () => {
      const answer = await shopper.call<StartPaymentAnswer>('POST', '/api/payment/start', { body: { orderId } });
      if (![200, 409, 503].includes(answer.status)) throw new Error(JSON.stringify(answer));
      return answer.status === 503 ? undefined : answer;
    },
    { what: 'the payment is begun, or the order is over', everyMs: 200, timeoutMs: PATIENCE_MS },
  );
  return status === 200 && body.pay.kind === 'page' ? body.pay.url : undefined;
}

const view = async (shopper: Shopper, orderId: string) =>
  (await shopper.call<{ status: string; expiresIn: number }>('GET', `/api/orders/${orderId}`)).body;

/**
 * Nothing is under way any more, neither in the shop nor at the bank. What a fault has put off is due at once: the pauses
 * between tries grow to minutes, and waiting for them proves nothing.
 */
async function untilAtRest(its: BankFloor, { orders, events, refunds, db }: Witness): Promise<void> {
  await until(
    async () => {
      const now = new Date();
      await events.updateMany({ done: false }, { $set: { tryAt: now } });
      await refunds.updateMany({ status: 'PENDING' }, { $set: { tryAt: now } });
      await orders.updateMany({ captured: false }, { $set: { captureAt: now } });
      await db.collection('payments').updateMany({ ended: false }, { $set: { lookAt: now } });
      const open = {
        reserved: await orders.countDocuments({ status: 'RESERVED' }),
        uncaptured: await orders.countDocuments({ captured: false, captureFailed: { $ne: true } }),
        events: await events.countDocuments({ done: false }),
        refunds: await refunds.countDocuments({ status: 'PENDING' }),
        begun: await db.collection('payments').countDocuments({ ended: false }),
        webhooks: (await its.bank.struck()).webhooksWaiting,
      };
      if (Object.values(open).some((count) => count > 0)) throw new Error(JSON.stringify(open));
      return true;
    },
    { what: 'everything is at rest', timeoutMs: 5 * 60_000, everyMs: 1_500 },
  );
}

function addUp(sum: Record<string, number>, more: Record<string, number>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}

const toText = (faults: Record<string, number>) =>
  Object.entries(faults)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
