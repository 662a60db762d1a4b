import { type PaymentAnswer, wire } from '#lib/payments/index.ts';
import { freePort } from '#scripts/services/ports.ts';
import { noted } from '#tests/support/calls.ts';
import type { Answer } from '#tests/support/http.ts';
import { type Running, type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';

/** A shop whose bank is a process of its own, as `npm start` runs it. */
export interface BankFloor {
  floor: ShopFloor;
  web: RunningWeb;
  bank: BankUnderTest;
  close(): Promise<void>;
}

/** The bank as the shop's server, a payer's browser and its operator meet it. */
export interface BankUnderTest {
  url: string;
  running: Running;
  /** Start it again on its port, after it was stopped or killed. */
  restart(env?: Record<string, string>): Promise<void>;
  api<T = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Begin a payment as a shop would, by the order's id as key. */
  begin(order: { orderId: string; total: number; currency: string }, returnUrl?: string): Promise<PaymentAnswer>;
  /** Press a button on a payment's page. @param faults what is ticked there */
  choose(pageUrl: string, choice: 'approve' | 'decline' | 'refuse', ...faults: string[]): Promise<Response>;
  /** Set what goes wrong; what is not named goes right. */
  faults(settings?: Record<string, number>): Promise<void>;
  struck(): Promise<{ struck: Record<string, number>; webhooksWaiting: number }>;
  payments(orderId: string): Promise<PaymentAnswer[]>;
  /** The shop has acknowledged every webhook. */
  untilTold(): Promise<void>;
}

export async function bankFloor(
  env: Record<string, string> = {},
  { workers = 1, faults = '' }: { workers?: number; faults?: string } = {},
): Promise<BankFloor> {
  const [webPort, bankPort] = [await freePort(), await freePort()];
  const floor = await shopFloor({
    LOG_LEVEL: 'error',
    SHOP_URL: `http://127.0.0.1:${webPort}`,
    SANDBOX_URL: `http://127.0.0.1:${bankPort}`,
    SANDBOX_PORT: String(bankPort),
    SANDBOX_FAULTS: faults,
    ...env,
  });
  const started = Promise.all([
    floor.sandbox(),
    floor.web({ PORT: String(webPort) }),
    ...Array.from({ length: workers }, () => floor.worker()),
  ]);
  const [running, web] = await started.catch(async (error: unknown) => {
    await floor.close();
    throw error;
  });
  return { floor, web, bank: bankUnderTest(floor, running), close: () => floor.close() };
}

/** What a button of the bank's page means to the order; after a decline one may try again. */
const CHOICES = { approve: 'pays', decline: 'other', refuse: 'fails' } as const;

function bankUnderTest(floor: ShopFloor, running: Running): BankUnderTest {
  const url = floor.env.SANDBOX_URL!;
  const key = wire.apiKey(process.env.SANDBOX_WEBHOOK_SECRET!);
  const bank: BankUnderTest = {
    url,
    running,
    async restart(env = {}) {
      bank.running = await floor.sandbox(env);
    },
    async api<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: (text.startsWith('{') ? JSON.parse(text) : text) as T,
      };
    },
    async begin({ orderId, total, currency }, returnUrl = `${floor.env.SHOP_URL}/orders/${orderId}`) {
      const body = { orderId, amount: total, currency, returnUrl };
      const answer = await bank.api<PaymentAnswer>('POST', '/v1/payments', body, { 'idempotency-key': orderId });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      return answer.body;
    },
    async choose(pageUrl, choice, ...faults) {
      const page = new URL(pageUrl);
      const form = new URLSearchParams({ key: page.searchParams.get('key') ?? '', choice });
      for (const fault of faults) form.append('fault', fault);
      const orderId = floor.calls.find((call) => call.page === pageUrl)?.orderId;
      const { answer, call } = await noted({ path: page.pathname, body: { orderId }, headers: {} }, async () => {
        const response = await fetch(new URL(page.pathname, url), { method: 'POST', body: form, redirect: 'manual' });
        return { status: response.status, headers: {}, body: {}, response };
      });
      // What the bank was told says nothing of the order yet: the shop has still to hear of it.
      floor.calls.push({ ...call, op: CHOICES[choice], outcome: 'unknown' });
      if (answer instanceof Error) throw answer;
      return answer.response;
    },
    async faults(settings = {}) {
      const answer = await bank.api('PUT', '/v1/faults', settings);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    },
    struck: async () => (await bank.api<Awaited<ReturnType<BankUnderTest['struck']>>>('GET', '/v1/faults')).body,
    payments: async (orderId) =>
      (await bank.api<{ payments: PaymentAnswer[] }>('GET', `/v1/payments?order=${orderId}`)).body.payments,
    async untilTold() {
      await until(async () => (await bank.struck()).webhooksWaiting === 0, {
        what: 'the shop has heard every webhook',
      });
    },
  };
  return bank;
}
