// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of code, as they stand
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** The protocol: every file whose code the seeds must have gone through. */
const PROTOCOL =
  /lib\/(orders\/(checkout|expire|each|sweep|cancel|extend|shop|order)|inventory\/(holds|rebuild)|payments\/(settle|give-back|process|start|look-after)|reconcile\/(reconcile|rebuild-sale))\.ts$/;

/**
 * Lines that no history can reach, or only one that the world does not tell, by file and exact text; each is held to by the test
 * that it names, or by the compiler; the bound of a loop, and what only a second look finds, by neither. One that stands nowhere
 * any more is reported like a line that no seed has run.
 */
const ELSEWHERE: Record<string, { why: string; lines: string[] }[]> = {
  'lib/inventory/holds.ts': [
    {
      why: 'the bound of a loop',
      lines: [
        'throw new UnsettledError(`release of ${orderId}`);',
        'throw new UnsettledError(`commit of ${order.orderId}`);',
        'throw new UnsettledError(`mint of ${productId}`);',
        "override name = 'UnsettledError';",
      ],
    },
    {
      why: 'a hold always names its order’s products; tests/lua/transitions',
      lines: [
        "case 'changed':",
        'paid = await withHeldProducts(scripts, saleId, order);',
        'break;',
        'async function withHeldProducts(scripts: InventoryScripts, saleId: string, order: LiveOrder): Promise<LiveOrder> {',
        'const look = await scripts.readHold(saleId, order.orderId);',
        "if (look.status !== 'held') return order;",
        'const tokens = Object.fromEntries(Object.keys(look.hold.tokens).map((productId) => [productId, [] as string[]]));',
        'return { ...order, tokens: { ...tokens, ...order.tokens } };',
      ],
    },
  ],
  'lib/orders/cancel.ts': [
    {
      why: 'an order is never deleted',
      lines: ['const cancelled = (await shop.orders.cancel(order.orderId, reason, look.nowMs)) ?? current;'],
    },
    { why: 'an order that was found is there; the compiler wants it', lines: ["case 'unknown':", 'return order;'] },
    { why: 'a new outcome does not compile', lines: ['default:', 'return outcome satisfies never;'] },
  ],
  'lib/orders/checkout.ts': [
    { why: 'three conflicts in one checkout; tests/lib/checkout', lines: ["return { status: 'saleNotReady' };"] },
    {
      why: 'Redis loses a hold and is rebuilt between two steps of one checkout; tests/lib/checkout',
      lines: [
        "if (by === 'key') return order?.items.length ? known(order, look.nowMs) : over(shop, request, orderId);",
        'else await release(shop.inventory, saleId, orderId, { cartId }); // a cart record without hold or order',
      ],
    },
    { why: 'a new outcome does not compile', lines: ['default:', 'return placed satisfies never;'] },
    { why: 'the compiler wants it: the owner of a unit is live', lines: ['if (!isLive(owner)) return;'] },
    {
      why: 'the type of a look-up that always finds',
      lines: ['const items = request.lines.map((line) => ({ ...line, tokens: hold.tokens[line.productId] ?? [] }));'],
    },
    {
      why: 'a Redis damaged beyond what a cut file can do; tests/lib/checkout',
      lines: [
        "if (hold.itemsFingerprint !== request.itemsFingerprint) return { status: 'cartOnHold', nowMs, orderId };",
      ],
    },
  ],
  'lib/orders/expire.ts': [
    {
      why: 'the type of a look-up that always finds',
      lines: ["return { status: 'notDue', deadlineMs: Math.max(deadlineMs, order?.deadlineMs ?? 0) };"],
    },
  ],
  'lib/orders/extend.ts': [
    { why: 'a new outcome does not compile', lines: ['default:', 'return outcome satisfies never;'] },
  ],
  'lib/orders/shop.ts': [
    {
      why: 'a unit sold again between two looks of reconcile at a torn Redis; tests/lib/checkout',
      lines: [
        "if (outcome.status === 'soldToAnother') {",
        '// The fence knows one owner, and it is this order: a Redis that says otherwise is damaged and is rebuilt.',
        "log().error({ ...outcome, paid: order.orderId }, 'Redis has sold a PAID unit to another order: sale closed');",
        'await inventory.close(order.saleId);',
      ],
    },
    { why: 'the compiler wants it', lines: ['if (!isLive(order)) return 0;'] },
  ],
  'lib/payments/look-after.ts': [
    {
      why: 'a sum that the provider refuses, for an order that has ended; tests/lib/look-after',
      lines: ["return begun.status === 'begun' ? { ...begun.payment, standing: 'open' } : undefined;"],
    },
    {
      why: '300 looks at one payment; tests/lib/look-after',
      lines: [
        "await alarms.raise('paymentUnknown', orderId, `the provider could not be asked about its payment ${looks} times`);",
        'await begun.noteEnded(orderId, paymentId);',
      ],
    },
    {
      why: 'money that arrives between a look and its void; the next look finds it',
      lines: ["for (const payment of payments) if ((await provider.void(payment)) === 'captured') all = false;"],
    },
  ],
  'lib/payments/start.ts': [
    {
      why: 'a sum that the provider refuses; tests/lib/look-after',
      lines: [
        "if (begun.status === 'refused') {",
        "log().error({ orderId, total, currency, why: begun.why }, 'the payment provider cannot take this order’s money');",
        'await counter.begun.noteEnded(orderId, before.paymentId);',
        "return { status: 'impossible' };",
      ],
    },
  ],
  'lib/payments/process.ts': [
    {
      why: 'the compiler wants it: a PAID order has its payment',
      lines: ['const paid = orders.flatMap((order) => (order.payment ? [{ order, payment: order.payment }] : []));'],
    },
    {
      why: 'an event of the other mode, told of instead of stored; tests/lib/stripe',
      lines: [
        'export function tellOtherMode(',
        "{ alarms }: Pick<Payments, 'alarms'>,",
        '{ eventId, orderId }: { eventId: string; orderId: string },',
        '): Promise<void> {',
        "return alarms.raise('otherMode', orderId, `${eventId} is of the other mode (test or live) than the shop's key`);",
      ],
    },
  ],
  'lib/payments/give-back.ts': [
    {
      why: 'a refund that takes its time; tests/lib/stripe',
      lines: ['if (pending) return outbox.notePending(paymentId);'],
    },
  ],
  'lib/payments/settle.ts': [
    {
      why: 'a refund that fails, and money that goes back at the provider before it has bought; tests/lib/settle, permutations',
      lines: [
        "if (event.type === 'payment.refundFailed') return oweAgain(till, event);",
        'async function oweAgain({ outbox, alarms }: Till, { paymentId }: PaymentEvent): Promise<Settled> {',
        "if (await outbox.oweAgain(paymentId)) await alarms.raise('refundStuck', paymentId, 'a refund of it has failed');",
        "return { status: 'kept' };",
        "if (known || (event.type === 'payment.voided' && order?.status !== 'RESERVED')) return { status: 'kept' };",
        'const { total: amount, currency } = order ?? { total: event.amount, currency: event.currency };',
        'if (isPaidBy(await till.orders.find(event.orderId), event.paymentId)) await tell(till, event); // it bought meanwhile',
      ],
    },
    {
      why: 'the bound of a loop',
      lines: [
        "if (!current || current.status === 'RESERVED') throw new UnsettledError(`settling order ${order.orderId}`);",
      ],
    },
    { why: 'an alarm that cannot be raised is raised by the next try', lines: ['.catch(() => {});'] },
  ],
  'lib/reconcile/rebuild-sale.ts': [
    {
      why: 'a sale is never deleted',
      lines: [
        "if (!(await truth.sale(saleId, false))) return 'noSale';",
        'if (!found) throw new Error(`sale ${saleId} is gone`);',
      ],
    },
  ],
  'lib/reconcile/reconcile.ts': [{ why: 'a sale is never deleted', lines: ['if (!known) return found;'] }],
};

/** Records which code runs from now on. To be begun before the protocol is imported: what was loaded earlier is not told of. */
export async function startCoverage(): Promise<{ uncovered(): Promise<string[]> }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const ran = new Map<string, Uint8Array>();
  return {
    /** @returns the lines of the protocol that no seed has run, as `file:line text` */
    async uncovered() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      for (const script of result.filter(({ url }) => PROTOCOL.test(url))) {
        const before = ran.get(script.url);
        // V8 counts anew after each look, and then leaves out what has not run since.
        const now = whatRan(script);
        ran.set(script.url, before ? before.map((once, at) => once | now[at]!) : now);
      }
      return [...[...ran].flatMap(([url, chars]) => uncoveredLines(url, chars)), ...outdated()];
    },
  };
}

interface Script {
  url: string;
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

/** @returns for each character of a file whether its code ran */
function whatRan({ url, functions }: Script): Uint8Array {
  const ran = new Uint8Array(readFileSync(fileURLToPath(url), 'utf8').length);
  // Ranges come outermost first: a later one is the more exact. Types are blanked, not moved, so offsets are the source's.
  for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges))
    ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return ran;
}

function uncoveredLines(url: string, ran: Uint8Array): string[] {
  const path = fileURLToPath(url);
  const file = path.slice(path.lastIndexOf('/lib/') + 1);
  const known = new Set(ELSEWHERE[file]?.flatMap(({ lines }) => lines));
  const found: string[] = [];
  let offset = 0;
  for (const [i, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const code = [...line].findIndex((_, at) => ran[offset + at] === 0 && /\S/.test(line[at]!));
    if (code >= 0 && !/^[\s})\];,]*$/.test(line.slice(code)) && !known.has(line.trim()))
      found.push(`${file}:${i + 1} ${line.trim()}`);
    offset += line.length + 1;
  }
  return found;
}

/** Exceptions that except nothing. */
function outdated(): string[] {
  return Object.entries(ELSEWHERE).flatMap(([file, groups]) => {
    const there = new Set(
      readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
        .split('\n')
        .map((line) => line.trim()),
    );
    return groups.flatMap(({ lines }) =>
      lines.filter((line) => !there.has(line)).map((line) => `${file}: nowhere: ${line}`),
    );
  });
}
