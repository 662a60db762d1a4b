import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  ADOPTED,
  CALLERS,
  isPaid,
  MERCHANTS,
  OWNERS,
  refusal,
  type Scene,
  STAFF,
  scenesOf,
} from '#tests/api/authorisation-callers.ts';
import {
  all,
  bodyOf,
  DELIVERY,
  FEW,
  METHODS,
  nowhere,
  OPERATIONS,
  type Operation,
  PAGES,
  type Page,
  READS,
  WAYS,
  type Way,
} from '#tests/api/authorisation-calls.ts';
import { expectWritten, table } from '#tests/api/authorisation-document.ts';
import { openShop } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import { extent } from '#tests/support/extent.ts';
import { type Answer, exchange, withoutNonce } from '#tests/support/http.ts';

const shop = openShop({ env: {} });
const { scene, adopt } = scenesOf(shop);

function send(
  operation: Operation,
  at: Scene,
  headers: Record<string, string>,
  path = operation.path,
): Promise<Answer> {
  const id = path.includes('/orders/') ? at.orderId : path.includes('/alarms/') ? 'captureFailed:x' : at.saleId;
  const body = bodyOf(operation.name, at);
  if (operation.name.endsWith('/events') && operation.method === 'GET') operation = { ...operation, method: 'HEAD' }; // it would go on
  return exchange(shop.web.url, operation.method, path.replace('[cartId]', at.cartId).replace('[id]', id), {
    ...(body ? { body } : {}),
    headers,
  });
}

/** A sample asks each caller in each eighth way, other ones for the next caller; the usual way is always among them. */
const SAMPLED = extent({ sample: 8, whole: 1 });
const sampled = (ways: readonly Way[], caller: string): Way[] =>
  ways.filter(({ name }, n) => name === 'as it is' || (n + Object.keys(CALLERS).indexOf(caller)) % SAMPLED === 0);

const bare = ({ body }: Answer) => JSON.stringify({ ...(body as object), serverTime: undefined });

test('who may do what: each route for each kind of caller, as docs/authorisation.md says', async () => {
  const rows: string[] = [];
  const wrong: string[] = [];
  const copied = { held: await adopt(await scene('')), paid: await adopt(await scene('/receipt')) };
  for (const operation of OPERATIONS) {
    const cells: string[] = [];
    const looked = await scene(operation.path); // who may only fail shares one
    for (const [caller, headersOf] of Object.entries(CALLERS)) {
      const own = OWNERS.has(caller) || MERCHANTS.has(caller);
      const by = caller === 'the account whose it is' ? 'owner' : undefined;
      const about = caller === ADOPTED ? copied[isPaid(operation.path) ? 'paid' : 'held'] : looked;
      const at = own && operation.personal ? await scene(operation.path, by) : about;
      const answer = await send(operation, at, headersOf(at));
      cells.push(String(answer.status));
      const say = (what: string) => wrong.push(`${operation.name} for ${caller}: ${answer.status}, ${what}`);
      if (answer.status >= 500) say('a failure');
      const refused = refusal(operation.rules, caller);
      if (refused !== undefined && answer.status !== refused) say(`not ${refused}`);
      if (refused === undefined && [401, 403].includes(answer.status) && !/\/(account|auth)\//.test(operation.path))
        say('may');
      if (!operation.personal || ['admin', 'viewer'].includes(operation.rules.who)) continue;
      if (OWNERS.has(caller) && answer.status >= 400) say('it is theirs');
      if (OWNERS.has(caller) || MERCHANTS.has(caller)) continue;
      const missing = await send(operation, { ...at, orderId: randomUUID(), cartId: randomUUID() }, headersOf(at));
      if (answer.status !== 404 || missing.status !== 404 || bare(answer) !== bare(missing))
        say('must be the same as a missing one');
    }
    rows.push(`| ${operation.method} | \`${operation.path}\` | ${operation.rules.who} | ${cells.join(' | ')} |`);
  }
  expect(wrong).toEqual([]);
  expectWritten([
    '# Who may do what',
    '',
    'What each call answers to each kind of caller about a cart and a RESERVED order of one customer; made and checked by',
    '`tests/api/authorisation.test.ts` (`WRITE_DOCS=1` writes it). Somebody else’s is the same 404 as what there is not. The event',
    'stream of a sale is for anyone. ‘A guest whom an account has been’ is a copy of the cookie, about what that guest had.',
    '',
    ...table(['method', 'path', 'for'], rows),
  ]);
});

test('no other way to ask, no other method and no header gets anybody past a check, shows another’s data or changes anything', async () => {
  const mark = `mark-${randomUUID()}`;
  const guests = await scene('/receipt');
  const accounts = await scene('/receipt', 'owner');
  const copied = await scene('/receipt');
  const scenes = [guests, accounts, copied];
  for (const { owner, orderId } of scenes) {
    const body = { ...DELIVERY, name: mark };
    for (const path of ['/api/delivery', `/api/orders/${orderId}/delivery`])
      expect(await owner.call('PUT', path, { body })).toMatchObject({ status: 200 });
  }
  await adopt(copied);
  const marks = [mark, ...scenes.map(({ productId }) => `"${productId}-1"`)];
  const before = await stateOf(shop);
  const wrong: string[] = [];
  const figures = new Map<string, { read: number; refused: number }>();
  let cells = 0;

  /** One cell: who asks how for what, and which answers are right. */
  async function cell(caller: string, at: Scene, way: Way, operation: Operation, may: (status: number) => boolean) {
    const headers = { ...CALLERS[caller]!(at), ...way.headers };
    const path = way.path(operation.path);
    const answer = await send(operation, at, headers, path);
    const { status } = answer;
    const say = (what: string) =>
      wrong.push(`${operation.method} ${path} ${way.name} for ${caller}: ${status} ${what}`);
    cells += 1;
    const figure = figures.get(`${way.name} ${caller}`) ?? { read: 0, refused: 0 };
    figures.set(`${way.name} ${caller}`, figure);
    figure[status < 400 && status !== 307 && status !== 308 ? 'read' : 'refused'] += 1;
    if (!may(status)) say('is not right');
    const theirs = OWNERS.has(caller) || MERCHANTS.has(caller) || caller === 'a viewer';
    const text = JSON.stringify(answer.body);
    if (!theirs && marks.some((one) => text.includes(one))) say('shows another’s data');
  }

  const work: (() => Promise<void>)[] = [];
  for (const path of new Set(OPERATIONS.map((operation) => operation.path))) {
    const here = OPERATIONS.filter((operation) => operation.path === path);
    for (const caller of Object.keys(CALLERS)) {
      const at = caller === 'the account whose it is' ? accounts : caller === ADOPTED ? copied : guests;
      for (const method of METHODS) {
        const known = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
        const any: Operation = { ...here[0]!, name: `${method} ${path}`, method };
        if (!known) {
          const is405 = (status: number) => status === 405;
          for (const way of sampled(FEW, caller))
            work.push(() => cell(caller, at, way, any, way.same ? is405 : nowhere));
          continue;
        }
        const operation = { ...known, name: known.name, method };
        work.push(async () => {
          const changes = !READS.has(method);
          const refused = refusal(known.rules, caller);
          const mayDo = refused === undefined && (!known.personal || OWNERS.has(caller) || MERCHANTS.has(caller));
          const usual = changes && mayDo ? undefined : (await send(operation, at, CALLERS[caller]!(at))).status;
          if (refused !== undefined && usual !== refused)
            wrong.push(`${operation.name} for ${caller}: ${usual}, not ${refused}`);
          for (const way of method === 'HEAD' ? FEW : sampled(WAYS, caller)) {
            if (way.same && usual === undefined) continue; // it would do what it is for: the table above
            if (path.includes('[') || !way.name.startsWith('an id'))
              await cell(caller, at, way, operation, way.same ? (status) => status === usual : nowhere);
          }
        });
      }
    }
  }
  await all(work);
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(cells).toBeGreaterThan(extent({ sample: 500, whole: 5_000 }));
  expect(await stateOf(shop)).toEqual(before);
  if (SAMPLED > 1) return;
  expectWritten([
    '## Every other way to ask',
    '',
    `Every call above and every method that its address does not have, asked for by every kind of caller in these ways: ${cells.toLocaleString('en')}`,
    'requests. How many were answered / refused, which is what the table above says for the usual way; nobody saw another’s data, and',
    'nothing in Redis or MongoDB was another afterwards.',
    '',
    ...table(
      ['way'],
      WAYS.map(({ name }) => {
        const said = Object.keys(CALLERS).map((caller) => {
          const { read, refused } = figures.get(`${name} ${caller}`) ?? { read: 0, refused: 0 };
          return `${read} / ${refused}`;
        });
        return `| ${name} | ${said.join(' | ')} |`;
      }),
    ),
  ]);
});

test('the back room opens for its people alone, however it is asked for; an account’s page is the same for everybody', async () => {
  const guests = await scene('');
  const copied = await adopt(await scene(''));
  const before = await stateOf(shop);
  const statuses = new Map<string, number>();
  const shells = new Set<string>();
  const wrong: string[] = [];
  let cells = 0;

  /** What a page answers; where the same page is asked for in another way, what it answers there. */
  async function read(method: string, path: string, headers: Record<string, string>, page: string): Promise<Answer> {
    const answer = await exchange(shop.web.url, method, path, { headers });
    const to = [307, 308].includes(answer.status) ? String(answer.headers.location) : '';
    return to.split('?', 1)[0] === page && to !== path ? read(method, to, headers, page) : answer;
  }

  async function cell(caller: string, page: Page, way: Way, method: string): Promise<void> {
    const at = caller === ADOPTED ? copied : guests;
    const path = page.path.replace('[id]', at.saleId);
    const answer = await read(method, way.path(path), { ...CALLERS[caller]!(at), ...way.headers }, path);
    const usual = READS.has(method) ? page.answers(caller) : 405;
    const elsewhere = !way.same && READS.has(method) && nowhere(answer.status);
    const forReact = way.headers?.rsc && answer.status === 200; // whose words say where to go, or that there is nothing
    const right = answer.status === usual || elsewhere || forReact;
    const text = JSON.stringify(answer.body);
    const say = (what: string) =>
      wrong.push(`${method} ${page.path} ${way.name} for ${caller}: ${answer.status} ${what} ${text.slice(0, 200)}`);
    cells += 1;
    if (!right) say(`is not ${usual}`);
    const mayEnter = page.path === '/admin' && STAFF.has(caller);
    if (BACK_ROOM.test(text) && !mayEnter) say('shows the back room');
    if (!BACK_ROOM.test(text) && mayEnter && method === 'GET' && WHOLE.has(way.name)) say('shows no back room');
    if (answer.status === 307 && answer.headers.location !== '/signin?next=%2Fadmin') say(`${answer.headers.location}`);
    if (way.name !== 'as it is' || method !== 'GET') return;
    statuses.set(`${page.path} ${caller}`, answer.status);
    if (page.path === '/account') shells.add(withoutNonce(answer));
  }

  const every = Object.keys(CALLERS).flatMap((caller) =>
    PAGES.flatMap((page) =>
      METHODS.flatMap((method) => {
        const ways = method === 'GET' && page.path.lastIndexOf('/') === 0 ? [...WAYS, FOR_REACT] : FEW;
        return sampled(ways, caller)
          .filter(({ name }) => !name.startsWith('an id'))
          .map((way) => () => cell(caller, page, way, method));
      }),
    ),
  );
  await all(every);
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(shells.size).toBe(1);
  expect(await stateOf(shop)).toEqual(before);
  if (SAMPLED > 1) return;
  expectWritten([
    '## Pages',
    '',
    `What the pages that are about somebody answer, and the addresses below and beside them: ${cells.toLocaleString('en')} requests by every kind of`,
    'caller, with every method and in every way of above. 307 leads to signing in. Only a viewer and an admin have seen a word of the back',
    'room, an account’s page was the same for everybody but for its nonce, and every method but GET and HEAD was a 405.',
    '',
    ...table(
      ['page'],
      PAGES.map(({ path }) => {
        const said = Object.keys(CALLERS).map((caller) => statuses.get(`${path} ${caller}`));
        return `| \`${path}\` | ${said.join(' | ')} |`;
      }),
    ),
  ]);
});

const FOR_REACT: Way = { name: 'all of it for React', path: (path) => path, headers: { rsc: '1' }, same: true };
const WHOLE = new Set(['as it is', FOR_REACT.name]);
/** What only the back room's page has in it, as a document and as what React reads. */
const BACK_ROOM = /back-room|"role\W+(viewer|admin)/;
