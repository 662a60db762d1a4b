import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';
import { type BankPayment, wire } from '#lib/payments/index.ts';
import type { Bank } from '#sandbox/bank.ts';
import { faultSettings } from '#sandbox/faults.ts';
import { parseAs, Refusal, type Reply, readJson } from '#sandbox/http.ts';
import { safeReturn } from '#sandbox/return.ts';

const idempotencyKey = z.string().regex(/^[\w-]{1,100}$/);
const pageQuery = z.object({
  after: z.string().max(LIMITS.keyLength).default(''),
  limit: z.coerce.number().int().min(1).max(LIMITS.bankPage).default(LIMITS.bankPage),
});

/** The bank's API, for those who have its key. Every call may be repeated and then changes nothing. */
export async function answerApi(bank: Bank, req: IncomingMessage, url: URL): Promise<Reply> {
  if (!wire.isKey(req.headers.authorization ?? '', `Bearer ${bank.apiKey}`))
    return { status: 401, json: { error: 'the API key is needed' } };
  const [, , what, id, verb] = url.pathname.split('/').map(decodeURIComponent);
  if (what === 'faults' && !id) return answerFaults(bank, req);
  return withFaults(bank, verb, () => answerPayments(bank, req, url, what ?? '', id, verb));
}

/** `GET` and `PUT /v1/faults`: what goes wrong, and how often it has. Never struck by a fault itself. */
async function answerFaults({ faults, webhooks }: Bank, req: IncomingMessage): Promise<Reply> {
  if (req.method === 'PUT') faults.set(await readJson(req, faultSettings));
  else if (req.method !== 'GET') throw new Refusal(405, 'GET or PUT');
  return {
    status: 200,
    json: { settings: faults.settings, struck: faults.struck, webhooksWaiting: await webhooks.waiting() },
  };
}

async function withFaults({ faults }: Bank, verb: string | undefined, work: () => Promise<Reply>): Promise<Reply> {
  const down = { status: 503, json: { error: 'the bank is down' } };
  if (faults.strikesCall('slow')) await pause(faults.settings.slowMs);
  if (faults.countsDown('downNext')) return down;
  if ((verb === 'void' || verb === 'refund') && faults.countsDown('refundsDownNext')) return down;
  // Half of the time it says so, half of the time it hangs up.
  if (faults.strikesCall('down')) return { ...down, hangUp: (faults.struck.down ?? 0) % 2 === 0 };
  const reply = await work();
  return faults.strikesCall('replyLost') ? { ...reply, hangUp: true } : reply;
}

async function answerPayments(
  bank: Bank,
  req: IncomingMessage,
  url: URL,
  what: string,
  id: string | undefined,
  verb: string | undefined,
): Promise<Reply> {
  const answer = (payment: BankPayment) => wire.toAnswer(payment, bank.pageOf(payment._id));
  const list = (payments: BankPayment[]): Reply => ({ status: 200, json: { payments: payments.map(answer) } });
  const call = `${req.method} ${what}${id === undefined ? '' : '/:id'}${verb === undefined ? '' : `/${verb}`}`;
  switch (call) {
    case 'GET ledger': {
      const { after, limit } = parseAs(Object.fromEntries(url.searchParams), pageQuery);
      return list(await bank.books.page(after, limit));
    }
    case 'GET payments': {
      const [wantedId, order] = [url.searchParams.get('id'), url.searchParams.get('order')];
      if (wantedId !== null) return list([await bank.books.find(wantedId)].flatMap((payment) => payment ?? []));
      if (order !== null) return list(await bank.books.ofOrder(order, LIMITS.bankPage));
      throw new Refusal(400, 'id or order is needed');
    }
    case 'POST payments': {
      const { returnUrl, ...asked } = await readJson(req, wire.openBody);
      const key = parseAs(req.headers['idempotency-key'], idempotencyKey);
      const keyForgotten = bank.faults.strikesCall('forgetKeys');
      const opening = {
        key,
        ...asked,
        keyForgotten,
        ...(returnUrl ? { returnUrl: safeReturn(returnUrl, bank.shopOrigin) } : {}),
      };
      const payment = await bank.books.open(opening);
      if (payment.orderId !== asked.orderId) throw new Refusal(422, 'the idempotency key belongs to another order');
      return { status: 200, json: answer(payment) };
    }
    case 'POST payments/:id/capture':
    case 'POST payments/:id/void':
    case 'POST payments/:id/refund': {
      const payment = await readJson(req, wire.paymentBody);
      if (payment.paymentId !== id) throw new Refusal(400, 'the path names another payment than the body');
      const outcome = await act(bank, verb as 'capture' | 'void' | 'refund', payment);
      bank.webhooks.wake();
      return { status: 200, json: { outcome } };
    }
    default:
      throw new Refusal(404, 'there is no such call');
  }
}

async function act(
  { books }: Bank,
  verb: 'capture' | 'void' | 'refund',
  payment: z.infer<typeof wire.paymentBody>,
): Promise<z.infer<typeof wire.outcomeAnswer>['outcome']> {
  switch (verb) {
    case 'capture':
      return books.capture(payment);
    case 'void':
      return books.void(payment);
    case 'refund':
      return (await books.refund(payment)) ? 'refunded' : 'impossible';
    default:
      return verb satisfies never;
  }
}
