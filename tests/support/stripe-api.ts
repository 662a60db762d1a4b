import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the shop asked of Stripe. */
export interface Asked {
  method: string;
  path: string;
  body: Record<string, string>;
  idempotencyKey: string | undefined;
}

interface Answer {
  status?: number;
  body?: object;
  headers?: Record<string, string>;
  /** Hang up without an answer. */
  hangUp?: boolean;
  /** Never answer. */
  silent?: boolean;
}

export interface StripeApi {
  url: string;
  asked: Asked[];
  /** What comes next for a call, e.g. `POST /v1/refunds`; the last of several stays. */
  on(call: string, ...answers: Answer[]): void;
  close(): Promise<void>;
}

/** A server that answers like Stripe's API, with what a test tells it to, and writes down what it was asked. */
export async function stripeApi(): Promise<StripeApi> {
  const asked: Asked[] = [];
  const answers = new Map<string, Answer[]>();
  const server: Server = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk: Buffer) => (text += chunk));
    req.on('end', () => {
      const url = new URL(req.url ?? '/', 'http://stripe');
      const query = url.search ? url.searchParams : new URLSearchParams(text);
      const key = req.headers['idempotency-key'];
      asked.push({
        method: req.method ?? '',
        path: url.pathname,
        body: Object.fromEntries(query),
        idempotencyKey: typeof key === 'string' ? key : undefined,
      });
      const prepared = answers.get(`${req.method} ${url.pathname}`) ?? [];
      const answer = (prepared.length > 1 ? prepared.shift() : prepared[0]) ?? { status: 599 };
      if (answer.silent) return;
      if (answer.hangUp) return void req.socket.destroy();
      res.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        'request-id': 'req_1',
        ...answer.headers,
      });
      res.end(JSON.stringify(answer.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    on: (call, ...next) => void answers.set(call, next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A PaymentIntent as Stripe's API shows it, of those fields that matter here. */
export function intentJson(more: Record<string, unknown> = {}): Record<string, unknown> & { id: string } {
  return {
    id: 'pi_1',
    object: 'payment_intent',
    amount: 1900,
    amount_capturable: 0,
    amount_received: 0,
    cancellation_reason: null,
    capture_method: 'manual',
    client_secret: 'pi_1_secret_1',
    currency: 'eur',
    latest_charge: null,
    livemode: false,
    metadata: {},
    status: 'requires_payment_method',
    ...more,
  };
}

/** An event as Stripe's webhooks carry it. */
export function eventJson(type: string, object: object, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    data: { object },
    ...more,
  };
}

/** An error as Stripe's API shows it. */
export const errorJson = (type: string, code: string, message = 'secret details') => ({
  error: { type, code, message },
});
