import { randomUUID } from 'node:crypto';
import {
  type APIRequestContext,
  type BrowserContext,
  test as base,
  type ConsoleMessage,
  expect,
  type Page,
} from '@playwright/test';
import { appointStaff, type Person, type StaffRole } from '#tests/e2e/people.ts';

/** What a test may order of the merchant: a fresh sale with its products, and changes to it. */
export interface Merchant {
  sale(wanted?: SaleWanted): Promise<MadeSale>;
  change(saleId: string, changes: object): Promise<void>;
  /** Another price, as the merchant's own tools would write it into MongoDB; resolves when the shop knows it. */
  reprice(productId: string, price: number): Promise<void>;
}

interface SaleWanted {
  name?: string;
  currency?: string;
  taxBasisPoints?: number;
  ships?: boolean;
  opensAt?: Date;
  closesAt?: Date;
  holdSeconds?: number;
  extendSeconds?: number;
  products?: { name?: string; price?: number; units?: number; limitPerCustomer?: number; art?: string }[];
}

export interface MadeSale {
  saleId: string;
  name: string;
  path: string;
  products: { productId: string; name: string; path: string }[];
}

interface Fixtures {
  merchant: Merchant;
  /** Another shopper, with a browser context of their own. */
  shopper: () => Promise<Page>;
  /** Let pages log that the API answered with one of these statuses: the test expects such an answer. */
  expectAnswers: (...statuses: number[]) => void;
  watch: Watch;
}

interface WorkerFixtures {
  /** An account with this role. The tests of one Playwright worker share it: to appoint one takes a process. */
  staff: (role: StaffRole) => Promise<Person>;
}

interface Watch {
  allowed: Set<string>;
  on(page: Page): void;
}

/** A stray console error or an uncaught error on any page of a test fails it. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its first parameter
  watch: async ({}, use) => {
    const errors: string[] = [];
    const allowed = new Set<string>();
    await use({
      allowed,
      on(page) {
        page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.stack ?? error.message}`));
        page.on('console', (message) => {
          if (message.type() === 'error') errors.push(`${page.url()}: ${inWords(message)}`);
        });
      },
    });
    const stray = errors.filter((error) => ![...allowed].some((words) => error.includes(words)));
    expect(stray, 'nothing may be logged as an error').toEqual([]);
  },

  page: async ({ page, watch }, use) => {
    watch.on(page);
    await use(page);
    await endRoutes(page.context());
  },

  shopper: async ({ browser, contextOptions, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext(contextOptions);
      contexts.push(context);
      const page = await context.newPage();
      watch.on(page);
      return page;
    });
    await Promise.all(contexts.map((context) => endRoutes(context).then(() => context.close())));
  },

  expectAnswers: async ({ watch }, use) => {
    await use((...statuses) => {
      for (const status of statuses)
        watch.allowed.add(status === 0 ? 'net::ERR_INTERNET_DISCONNECTED' : `status of ${status} `);
    });
  },

  merchant: async ({ playwright, baseURL }, use) => {
    const api = await playwright.request.newContext({
      baseURL,
      extraHTTPHeaders: { authorization: `Bearer ${process.env.E2E_ADMIN_KEY}` },
    });
    await use({
      sale: (wanted) => makeSale(api, wanted),
      change: async (saleId, changes) => {
        expect((await api.patch(`/api/sales/${saleId}`, { data: changes })).status()).toBe(200);
      },
      async reprice(productId, price) {
        const { createConnection } = await import('mongoose'); // few workers need it, and it is slow to load
        const mongo = await createConnection(process.env.MONGODB_URI ?? '').asPromise();
        await mongo
          .collection('products')
          .updateOne({ _id: productId as never }, { $set: { price }, $currentDate: { updatedAt: true } });
        await mongo.close();
        await expect(async () => {
          const { products } = await (await api.get('/api/products?limit=1000')).json();
          expect(products.find((one: { productId: string }) => one.productId === productId)?.price).toBe(price);
        }).toPass();
      },
    });
    await api.dispose();
  },

  staff: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its first parameter
    async ({}, use) => {
      const appointed = new Map<StaffRole, Promise<Person>>();
      await use((role) => {
        const person = appointed.get(role) ?? appointStaff(role);
        appointed.set(role, person);
        return person;
      });
    },
    { scope: 'worker' },
  ],
});

/** A page may still ask when its test is over: a route that a test has put in between is not to fail then. */
async function endRoutes(context: BrowserContext): Promise<void> {
  const ended = { behavior: 'ignoreErrors' } as const;
  await Promise.all([context.unrouteAll(ended), ...context.pages().map((page) => page.unrouteAll(ended))]);
}

export { expect };

const inWords = (message: ConsoleMessage) => `${message.text()} (${message.location().url})`;

async function makeSale(
  api: APIRequestContext,
  { name = `Sale ${randomUUID().slice(0, 8)}`, currency = 'EUR', products = [{}], ...rest }: SaleWanted = {},
) {
  const { saleId } = await posted<{ saleId: string }>(api, '/api/sales', { name, currency, ...rest });
  const made: MadeSale['products'] = [];
  for (const { name = 'Enamel Mug', price = 1900, units = 5, art = 'enamel-mug', limitPerCustomer } of products) {
    const { productId } = await posted<{ productId: string }>(api, '/api/product', {
      name,
      price,
      saleId,
      art,
      limitPerCustomer,
    });
    if (units > 0) await posted(api, '/api/product/seed', { productId, quantity: units });
    made.push({ productId, name, path: `/sales/${saleId}/${productId}` });
  }
  return { saleId, name, path: `/sales/${saleId}`, products: made };
}

async function posted<Answer>(api: APIRequestContext, path: string, data: object): Promise<Answer> {
  const response = await api.post(path, { data });
  expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
  return response.json();
}
