import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routes } from '#app/api/openapi.json/routes.ts';
import { type Rules, rulesOf } from '#lib/http/route.ts';
import { openShop } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import { signIn, signUp, somebody } from '#tests/support/accounts.ts';
import { type Answer, exchange, type Shopper } from '#tests/support/http.ts';

const shop = openShop();
const FILE = 'docs/authorisation.md';

/** Whose things the call is about, and how everybody else is told apart. A new kind of caller is one line here. */
interface Scene {
  owner: Shopper;
  other: Shopper;
  /** Signed in, by role. */
  members: Record<'customer' | 'viewer' | 'admin', Shopper>;
  saleId: string;
  productId: string;
  cartId: string;
  orderId: string;
}
const CALLERS: Record<string, (scene: Scene) => Record<string, string>> = {
  nobody: () => ({}),
  'the guest whose it is': ({ owner }) => ({ cookie: owner.cookie }),
  'another guest': ({ other }) => ({ cookie: other.cookie }),
  'an account': ({ members }) => ({ cookie: members.customer.cookie }),
  'a viewer': ({ members }) => ({ cookie: members.viewer.cookie }),
  'an admin': ({ members }) => ({ cookie: members.admin.cookie }),
  'a wrong admin key': () => ({ authorization: `Bearer ${randomUUID()}` }),
  'the admin key': () => ({ authorization: `Bearer ${process.env.ADMIN_API_KEY}` }),
};

/** Who acts as the merchant, and who is signed in. */
const MERCHANTS = new Set(['an admin', 'the admin key']);
const SIGNED_IN = new Set(['an account', 'a viewer', 'an admin']);

/** The status by which a call refuses a caller for who they are; undefined when it does not. */
function refusal({ who }: Rules, caller: string): number | undefined {
  const merchant = MERCHANTS.has(caller);
  if (who === 'account') return SIGNED_IN.has(caller) ? undefined : 401;
  if (who === 'viewer' && (merchant || caller === 'a viewer')) return undefined;
  if ((who === 'admin' || who === 'viewer') && !merchant) return SIGNED_IN.has(caller) ? 403 : 401;
  return undefined;
}

let signedIn: Promise<Scene['members']> | undefined;

/** One account of each role for all scenes: a password takes a while to check. */
async function everyRole(): Promise<Scene['members']> {
  const made: Partial<Scene['members']> = {};
  for (const role of ['customer', 'viewer', 'admin'] as const) {
    const who = somebody();
    const shopper = shop.client.shopper();
    await signUp(shopper, who);
    await shop.mongo.collection('users').updateOne({ email: who.email }, { $set: { role } });
    expect(await signIn(shopper, who)).toMatchObject({ status: 200 });
    made[role] = shopper;
  }
  return made as Scene['members'];
}

async function scene(path: string): Promise<Scene> {
  signedIn ??= everyRole();
  const { saleId, productIds } = await shop.client.sale({ units: [3], ships: true, holdSeconds: 3_600 });
  const productId = productIds[0]!;
  const [owner, other] = [shop.client.shopper(), shop.client.shopper()];
  const cartId = await owner.cartWith([{ productId, quantity: 1 }]);
  await other.call('POST', '/api/cart');
  const { body } = await owner.buyNow([{ productId, quantity: 1 }]);
  if (/\/(receipt|delivery)$/.test(path)) await owner.pay(body.orderId);
  return { owner, other, members: await signedIn, saleId, productId, cartId, orderId: body.orderId };
}

const DELIVERY = { name: 'N', email: 'n@shop.example', street: 'S 1', postalCode: '1', city: 'C', country: 'DE' };

/** A body that a call takes, so that its answer is about who asks. */
function bodyOf(name: string, { productId, cartId, orderId, saleId }: Scene): object | undefined {
  const bodies: Record<string, object> = {
    'POST /api/cart/add': { cartId, productId, quantity: 1 },
    'PATCH /api/cart/[cartId]': { productId, quantity: 2 },
    'POST /api/checkout': { cartId },
    'POST /api/payment/start': { orderId },
    'POST /api/payment/success': { orderId },
    'POST /api/payment/fail': { orderId },
    'POST /api/product': { name: 'N', price: 1, saleId },
    'POST /api/product/seed': { productId, quantity: 1 },
    'POST /api/sales': { name: 'N', currency: 'EUR' },
    'PATCH /api/sales/[id]': { name: 'M' },
    'POST /api/orders/[id]/refund': { reason: 'R' },
    'POST /api/alarms/[id]/close': { reason: 'R' },
    'POST /api/account': somebody(),
    'POST /api/account/password': { current: 'not my password', next: 'another password' },
    'POST /api/account/delete': { password: 'not my password' },
    'PUT /api/delivery': DELIVERY,
    'PUT /api/orders/[id]/delivery': DELIVERY,
  };
  return bodies[name] ?? (name.startsWith('GET') || name.startsWith('DELETE') ? undefined : {});
}

interface Operation {
  name: string;
  method: string;
  path: string;
  rules: Rules;
  /** About a thing of one customer's. */
  personal: boolean;
}

const OPERATIONS: Operation[] = routes
  .filter(({ path }) => !path.endsWith('/events'))
  .flatMap(({ path, module, methods }) =>
    Object.keys(methods).map((method) => ({
      name: `${method} ${path}`,
      method,
      path,
      rules: rulesOf(module[method as 'GET'])!,
      personal: /\[cartId\]|orders\/\[id\]|\/cart\/add|\/payment\/(start|success|fail)|\/checkout/.test(path),
    })),
  );

function send(
  operation: Operation,
  at: Scene,
  headers: Record<string, string>,
  path = operation.path,
): Promise<Answer> {
  const id = path.includes('/orders/') ? at.orderId : path.includes('/alarms/') ? 'captureFailed:x' : at.saleId;
  const body = bodyOf(operation.name, at);
  return exchange(shop.web.url, operation.method, path.replace('[cartId]', at.cartId).replace('[id]', id), {
    ...(body ? { body } : {}),
    headers,
  });
}

const bare = ({ body }: Answer) => JSON.stringify({ ...(body as object), serverTime: undefined });

test('who may do what: each route for each kind of caller, as docs/authorisation.md says', async () => {
  const rows: string[] = [];
  const wrong: string[] = [];
  for (const operation of OPERATIONS) {
    const cells: string[] = [];
    const looked = await scene(operation.path); // who may only fail shares one
    for (const [caller, headersOf] of Object.entries(CALLERS)) {
      const own = caller === 'the guest whose it is' || MERCHANTS.has(caller);
      const at = own && operation.personal ? await scene(operation.path) : looked;
      const answer = await send(operation, at, headersOf(at));
      cells.push(String(answer.status));
      const say = (what: string) => wrong.push(`${operation.name} for ${caller}: ${answer.status}, ${what}`);
      if (answer.status >= 500) say('a failure');
      const refused = refusal(operation.rules, caller);
      if (refused !== undefined && answer.status !== refused) say(`not ${refused}`);
      if (refused === undefined && [401, 403].includes(answer.status) && !/\/account\//.test(operation.path))
        say('may');
      if (!operation.personal || ['admin', 'viewer'].includes(operation.rules.who)) continue;
      if (caller === 'the guest whose it is' && answer.status >= 400) say('it is theirs');
      if (caller === 'the guest whose it is' || MERCHANTS.has(caller)) continue;
      const missing = await send(operation, { ...at, orderId: randomUUID(), cartId: randomUUID() }, headersOf(at));
      if (answer.status !== 404 || missing.status !== 404 || bare(answer) !== bare(missing))
        say('must be the same as a missing one');
    }
    rows.push(`| ${operation.method} | \`${operation.path}\` | ${operation.rules.who} | ${cells.join(' | ')} |`);
  }
  expect(wrong).toEqual([]);
  const table = [
    '# Who may do what',
    '',
    'What each call answers to each kind of caller about a cart and a RESERVED order of one guest; made and checked by',
    '`tests/api/authorisation.test.ts` (`WRITE_DOCS=1` writes it). Somebody else’s is the same 404 as what there is not. The event',
    'stream of a sale is for anyone.',
    '',
    `| method | path | for | ${Object.keys(CALLERS).join(' | ')} |`,
    `|---|---|---|${Object.keys(CALLERS)
      .map(() => '---')
      .join('|')}|`,
    ...rows,
    '',
  ].join('\n');
  if (process.env.WRITE_DOCS) writeFileSync(FILE, table);
  expect(readFileSync(FILE, 'utf8')).toBe(table);
});

test('no other way to write an address, and no header, gets anybody past a check', async () => {
  const at = await scene('');
  const before = await stateOf(shop);
  const ways: ((path: string) => string)[] = [
    (path) => `${path}/`,
    (path) => path.replace('/api/', '/api//'),
    (path) => path.replace('/api/', '/API/'),
    (path) => path.replace('/api/', '/%61pi/'),
    (path) => path.replace('/api/', '/api/./'),
    (path) => path.replace('/api/', '/api/x/../'),
    (path) => `/_next/..${path}`,
    (path) => `${path}.rsc`,
    (path) => `${path}?_rsc=1`,
    (path) => `${path}?_method=GET`,
    (path) => `${path};a=1`,
  ];
  const tricks: Record<string, string>[] = [
    { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
    { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
    { 'x-http-method-override': 'GET' },
    { 'x-original-url': '/api/health', 'x-rewrite-url': '/api/health' },
    { 'x-forwarded-for': '127.0.0.1', 'x-holdfast-address': '127.0.0.1', 'x-forwarded-host': 'localhost' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { 'x-nextjs-data': '1' },
  ];
  const closed = OPERATIONS.filter(
    ({ rules, personal }) => ['admin', 'viewer', 'account'].includes(rules.who) || personal,
  );
  const passed: string[] = [];
  for (const operation of closed) {
    for (const headers of [{}, { cookie: at.other.cookie }] as Record<string, string>[]) {
      for (const way of ways) {
        const path = way(operation.path);
        const answer = await send(operation, at, headers, path);
        if (answer.status < 300 || answer.status >= 500) passed.push(`${operation.method} ${path}: ${answer.status}`);
      }
      for (const trick of tricks) {
        const answer = await send(operation, at, { ...headers, ...trick });
        if (answer.status < 300 || answer.status >= 500)
          passed.push(`${operation.name} ${JSON.stringify(trick)}: ${answer.status}`);
      }
    }
  }
  expect(passed).toEqual([]);
  expect(await stateOf(shop)).toEqual(before);
});
