import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attempt, openTarget } from '#tests/api/hostile-attack.ts';
import type { HostileCall } from '#tests/api/hostile-calls.ts';
import { BODIES, EXTRA_MEMBERS, HOSTILE } from '#tests/api/hostile-corpus.ts';
import { failuresIn } from '#tests/support/failures.ts';

const target = openTarget();

/** A call's body with one field replaced by any JSON text. */
function withField({ body }: HostileCall, field: string, text: string): string {
  const copy = structuredClone(body);
  const steps = field.split('.');
  let place: Record<string, unknown> = copy;
  for (const step of steps.slice(0, -1)) place = place[step] as Record<string, unknown>;
  place[steps.at(-1)!] = '@here@';
  return JSON.stringify(copy).replace('"@here@"', () => text);
}

const attempt = (call: HostileCall, what: string, raw: string | Buffer): Attempt => [
  `${call.method} ${call.path} ${what}`,
  () => target.send(call, raw),
];

test('no field of any call takes a wrong number, a wrong id, a query object or anything else that it is not', async () => {
  const attempts = target.calls.flatMap((call) =>
    Object.entries(call.fields).flatMap(([field, kind]) =>
      HOSTILE[kind].map((text) => attempt(call, `${field}=${text}`, withField(call, field, text))),
    ),
  );
  expect(attempts.length).toBeGreaterThan(1_500);
  await target.attack(attempts);
});

test('no field that a call needs can be left out', async () => {
  const needed = (call: HostileCall, field: string) => {
    const { [field]: _, ...rest } = call.body;
    return attempt(call, `without ${field}`, JSON.stringify(rest));
  };
  const optional = [
    'description',
    'art',
    'opensAt',
    'closesAt',
    'holdSeconds',
    'extendSeconds',
    'paused',
    'taxBasisPoints',
    'expectedTotal',
    'ships',
    'accountsOnly',
    'limitPerCustomer',
    'holdsBeforeWait',
    'saleId',
  ];
  const whole = target.calls
    .filter(({ method }) => method !== 'PATCH')
    .concat(target.calls.filter(({ path }) => path.includes('/cart/')));
  await target.attack(
    whole.flatMap((call) =>
      Object.keys(call.body)
        .filter((field) => !optional.includes(field) && !(call.path === '/api/product' && field === 'productId'))
        .map((field) => needed(call, field)),
    ),
  );
});

test('no call takes a member that it does not have, nor lets one change how the shop works', async () => {
  const strict = target.calls.filter(({ path }) => !path.endsWith('/webhook'));
  await target.attack(
    strict.flatMap((call) =>
      EXTRA_MEMBERS.map((member) => {
        const inside = JSON.stringify(call.body).slice(1, -1);
        return attempt(call, `+${member}`, `{${inside}${inside ? ',' : ''}${member}}`);
      }),
    ),
  );
  const stranger = target.shop.client.shopper();
  const missing = await stranger.call('GET', `/api/orders/${randomUUID()}`);
  expect(missing).toMatchObject({ status: 404, body: { status: 404, code: 'NOT_FOUND' } });
  expect((await stranger.call('GET', '/api/token')).status).toBe(401);
  expect((await stranger.call('GET', '/api/health')).body).toEqual({ status: 'ok' });
});

test('no call takes a body that is not an object, or not JSON, or endless', async () => {
  await target.attack(target.calls.flatMap((call) => BODIES.map((raw, i) => attempt(call, `body ${i}`, raw))));
});

test('whatever JSON a stranger makes up, the shop refuses it and stays as it is', async () => {
  const words = [
    'items',
    'cartId',
    'productId',
    'quantity',
    'saleId',
    'orderId',
    'name',
    'price',
    'key',
    '__proto__',
    '$ne',
    'constructor',
  ];
  const plain = fc.constantFrom<unknown>(null, true, 0, -1, 1, 1.5, '', 'x', '__proto__');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      plain,
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 5 }),
    ),
  }));
  const bodies = fc.sample(value, { numRuns: 500, seed: 20_261_123 }).map((body) => JSON.stringify(body));
  const calls = target.calls.filter(
    ({ path, fields }) => fields.cartId || fields.orderId || fields.price || fields.key || path === '/api/checkout',
  );
  await target.attack(bodies.map((raw, i) => attempt(calls[i % calls.length]!, raw, raw)));
});

test('after all of it nothing has failed inside, and an honest shopper still buys', async () => {
  expect(target.sent).toBeGreaterThan(2_000);
  expect(failuresIn(target.shop.web.output())).toEqual([]);
  const honest = target.shop.client.shopper();
  const { body } = await honest.buyNow([{ productId: target.productId, quantity: 1 }]);
  expect(await honest.pay(body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
});
