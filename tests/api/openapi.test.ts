import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { routes } from '#app/api/openapi.json/routes.ts';
import { openApi } from '#lib/http/openapi.ts';
import { openShop } from '#tests/api/shop.ts';
import { expectDescribed } from '#tests/support/described.ts';

const shop = openShop();
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Described by their actions (/api/auth/csrf …), or no call of the API at all. */
const UNDESCRIBED = new Set(['/api/[...rest]', '/api/openapi.json', '/api/auth/[...nextauth]']);

test('every handler of the build is described, and nothing is described that is not there', async () => {
  const manifest = readFileSync(join(process.env.NEXT_DIST_DIR || '.next', 'app-path-routes-manifest.json'), 'utf8');
  const built = Object.values(JSON.parse(manifest) as Record<string, string>).filter(
    (path) => path.startsWith('/api/') && !UNDESCRIBED.has(path),
  );
  const missing: string[] = [];
  for (const path of built) {
    const module = (await import(join(process.cwd(), 'app', path, 'route.ts'))) as Record<string, unknown>;
    const described = routes.find((one) => one.path === path);
    const other = module.OPTIONS; // what only answers 405
    for (const method of METHODS.filter((one) => module[one] && module[one] !== other)) {
      if (!described?.methods[method as 'GET'])
        missing.push(`${method} ${path}: add it to app/api/openapi.json/routes.ts`);
    }
  }
  expect(missing).toEqual([]);
  expect(
    routes.map(({ path }) => path).filter((path) => !path.startsWith('/api/auth/') && !built.includes(path)),
  ).toEqual([]);
});

test('the shop serves its description, with what the handlers themselves parse', async () => {
  const { body } = await fetch(`${shop.web.url}/api/openapi.json`).then(async (answer) => ({
    body: await answer.json(),
  }));
  expect(body).toEqual(JSON.parse(JSON.stringify(openApi(routes))));
  const { requestBody, parameters } = body.paths['/api/product/seed'].post;
  expect(requestBody.content['application/json'].schema).toMatchObject({
    additionalProperties: false,
    required: ['productId', 'quantity'],
    properties: { quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 } },
  });
  expect(parameters).toEqual([expect.objectContaining({ name: 'Idempotency-Key', in: 'header' })]);
  const post = (path: string) => body.paths[path].post;
  const signIn = post('/api/auth/callback/credentials').requestBody.content;
  for (const type of ['application/json', 'application/x-www-form-urlencoded'])
    expect(signIn[type].schema.required).toEqual(['csrfToken', 'email', 'password']);
  expect(post('/api/payment/webhook').requestBody.content['application/json'].schema.required).toContain('paymentId');
  const withKey = Object.entries<{ post?: typeof requestBody }>(body.paths).filter(([, operations]) =>
    operations.post?.parameters.some(({ name }: { name: string }) => name === 'Idempotency-Key'),
  );
  expect(withKey.map(([path]) => path)).toEqual(['/api/checkout', '/api/product/seed']);
  const bodiless = Object.entries<Record<string, typeof requestBody>>(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method, { requestBody: sent }]) => ['post', 'put', 'patch'].includes(method) && !sent)
      .map(([method]) => `${method} ${path}`),
  );
  expect(bodiless, 'what is sent is described everywhere').toEqual([]);
  expect(body.paths['/api/orders/{id}'].get.parameters[0]).toMatchObject({ name: 'id', in: 'path', required: true });
  expect(body.components.schemas.Problem.properties.code.enum).toContain('TOO_MANY_REQUESTS');
});

test('an answer that is not as described is noticed, wherever it differs', () => {
  const headers = { 'content-type': 'application/json', 'cache-control': 'private, no-store' };
  const wrong =
    (method: string, path: string, status: number, body: unknown, more: Record<string, string> = {}) =>
    () =>
      expectDescribed(method, path, { status, headers: { ...headers, ...more }, body });
  expect(wrong('GET', '/api/health', 200, { status: 'ok' })).not.toThrow();
  expect(wrong('GET', '/api/health', 200, { status: 'ok', secret: 1 })).toThrow(/additional properties/);
  expect(wrong('GET', '/api/health', 200, {})).toThrow(/required property/);
  expect(wrong('GET', '/api/health', 201, { status: 'ok' })).toThrow(/status is not described/);
  expect(wrong('GET', '/api/nowhere', 200, {})).toThrow(/not described: add it/);
  expect(wrong('GET', '/api/health', 200, { status: 'ok' }, { 'cache-control': 'public' })).toThrow(/may be cached/);
  expect(wrong('GET', '/api/health', 500, { error: 'x' })).toThrow(/no problem\+json/);
  const problem = { 'content-type': 'application/problem+json' };
  expect(
    wrong('GET', '/api/x', 404, { type: 'about:blank', title: 'x', status: 404, code: 'WHATEVER' }, problem),
  ).toThrow(/a problem with/);
});

test('the description can be read as a page', async () => {
  const { status, body } = await shop.client.shopper().call<string>('GET', '/api-docs');
  expect(status).toBe(200);
  for (const { path } of routes) expect(body).toContain(path.replaceAll(/\[(\w+)\]/g, '{$1}'));
});
