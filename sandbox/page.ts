import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { moneyFormat, toDecimal } from '#lib/money.ts';
import type { BankPayment } from '#lib/payments/index.ts';
import { type Bank, type Choice, choose } from '#sandbox/bank.ts';
import { PAYMENT_FAULTS, type PaymentFault } from '#sandbox/faults.ts';
import { parseAs, type Reply, readText } from '#sandbox/http.ts';
import { STYLE } from '#sandbox/style.ts';

const WORDS = {
  bank: 'Sandbox Bank',
  test: 'A test bank: no card is asked for, and no money moves.',
  pay: 'Approve this payment?',
  order: 'Order',
  to: 'To',
  payee: 'Holdfast',
  approve: 'Approve',
  decline: 'Decline (you may try again)',
  refuse: 'Refuse for good',
  wrong: 'What may go wrong',
  wrongText: 'Tick what shall go wrong with this payment. The shop must come to the right end all the same.',
  declined: 'The last try was declined. You may try again.',
  back: 'Back to the shop',
  notFound: 'There is no such payment',
  notFoundText: 'The address is not complete, or it was never ours.',
  ended: {
    authorized: ['Approved', 'The money is set aside for the shop.'],
    captured: ['Paid', 'The shop has taken the money.'],
    failed: ['Refused', 'You refused this payment for good.'],
    voided: ['Given back', 'The shop did not take the money; nothing was charged.'],
    refunded: ['Refunded', 'The shop has given the money back.'],
  },
  faults: {
    silent: 'The bank never tells the shop',
    late: 'The bank tells the shop late',
    duplicate: 'The bank tells the shop many times at once',
    shuffled: 'The bank tells its news in the wrong order',
    doublePaying: 'You pay twice',
    wrongAmount: 'The bank takes another amount',
    wrongCurrency: 'The bank takes another currency',
    capturing: 'The bank takes the money unasked',
  } satisfies Record<PaymentFault, string>,
} as const;

const form = z.object({
  key: z.string().max(200),
  choice: z.enum(['approve', 'decline', 'refuse'] satisfies Choice[]),
  fault: z.array(z.enum(PAYMENT_FAULTS)).max(PAYMENT_FAULTS.length),
});

/** The payer's page: `GET` shows it, `POST` carries out the choice and leads back to the shop. It needs no script. */
export async function answerPage(bank: Bank, req: IncomingMessage, url: URL, paymentId: string): Promise<Reply> {
  const posted = req.method === 'POST' ? new URLSearchParams(await readText(req)) : undefined;
  const key = (posted ?? url.searchParams).get('key') ?? '';
  const payment = bank.isPageKey(paymentId, key) ? await bank.books.find(paymentId) : undefined;
  if (!payment) return page(404, WORDS.notFound, `<p class="lead">${WORDS.notFoundText}</p>`);
  if (posted) {
    const { choice, fault } = parseAs({ ...Object.fromEntries(posted), fault: posted.getAll('fault') }, form);
    await choose(bank, payment, choice, new Set(fault));
    return { status: 303, headers: { location: payment.returnUrl ?? bank.pageOf(paymentId), ...PRIVATE } };
  }
  return payment.status === 'open' ? openPage(payment, key) : endedPage(payment, payment.status);
}

function openPage(payment: BankPayment, key: string): Reply {
  const faults = PAYMENT_FAULTS.map(
    (name) => `<label><input type="checkbox" name="fault" value="${name}"> <span>${WORDS.faults[name]}</span></label>`,
  );
  const choices = (['approve', 'decline', 'refuse'] as const).map(
    (choice) => `<button name="choice" value="${choice}" class="${choice}">${WORDS[choice]}</button>`,
  );
  const body = `${payment.entries.length > 0 ? `<p class="note" role="status">${WORDS.declined}</p>` : ''}
    ${sum(payment)}
    <form method="post" action="/pay/${plain(payment._id)}">
      <input type="hidden" name="key" value="${plain(key)}">
      ${choices.join('\n      ')}
      <details>
        <summary>${WORDS.wrong}</summary>
        <fieldset><legend>${WORDS.wrongText}</legend>
        ${faults.join('\n        ')}
        </fieldset>
      </details>
    </form>`;
  return page(200, WORDS.pay, body, payment.returnUrl);
}

function endedPage(payment: BankPayment, status: keyof typeof WORDS.ended): Reply {
  const [title, text] = WORDS.ended[status];
  const back = payment.returnUrl ? `<a class="approve" href="${plain(payment.returnUrl)}">${WORDS.back}</a>` : '';
  return page(200, title, `<p class="lead">${text}</p>${sum(payment)}${back}`, payment.returnUrl);
}

function sum({ amount, currency, orderId }: BankPayment): string {
  return `<p class="sum">${plain(money(amount, currency))}</p>
    <dl><div><dt>${WORDS.to}</dt><dd>${WORDS.payee}</dd></div><div><dt>${WORDS.order}</dt><dd>${plain(orderId)}</dd></div></dl>`;
}

/** @param minorUnits whole minor units of `currency` */
export function money(minorUnits: number, currency: string): string {
  return moneyFormat(currency, 'en').format(toDecimal(minorUnits, currency));
}

function page(status: number, title: string, body: string, returnUrl?: string): Reply {
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · ${WORDS.bank}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <header><strong>${WORDS.bank}</strong><span>${WORDS.test}</span></header>
    <main>
    <h1>${title}</h1>
    ${body}
    </main>
  </body>
</html>
`;
  // A form's redirect counts as its action: without the shop's origin some browsers would not follow it.
  const targets = ["'self'", ...(returnUrl ? [new URL(returnUrl).origin] : [])].join(' ');
  const policy = `default-src 'none'; style-src '${STYLE_HASH}'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`;
  return { status, html, headers: { 'content-security-policy': policy, ...PRIVATE } };
}

/** The page's address is what pays: no cache keeps it, no other site is told of it, nothing frames it. */
const PRIVATE = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

const plain = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
