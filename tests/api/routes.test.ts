import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answersNothing, rulesOf } from '#lib/http/route.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Calls that read their bodies themselves: a signature is over the bytes, and next-auth's forms are of two kinds. */
const RAW_BODY = new Set(['POST /api/payment/webhook', 'POST /api/auth/[...nextauth]']);

const inFolder = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)route\.tsx?$/.test(file))
  .map((file) => `/${file.replace(/\/route\.tsx?$/, '')}`);

const built = Object.entries(
  JSON.parse(
    readFileSync(join(process.env.NEXT_DIST_DIR || '.next', 'app-path-routes-manifest.json'), 'utf8'),
  ) as Record<string, string>,
)
  .filter(([entry]) => entry.endsWith('/route') && !/^\/(icon|favicon|robots|sitemap|manifest)/.test(entry))
  .map(([, path]) => path);

/** The rules of the handlers that only say "no such address" or "no such method". */
const NOTHING = rulesOf(answersNothing());

const handlers = async () => {
  const found: { name: string; rules: ReturnType<typeof rulesOf>; does: boolean }[] = [];
  for (const path of inFolder) {
    const module = (await import(join(process.cwd(), 'app', path, 'route.ts'))) as Record<string, unknown>;
    for (const method of METHODS.filter((one) => module[one])) {
      const rules = rulesOf(module[method]);
      found.push({ name: `${method} ${path}`, rules, does: rules !== NOTHING });
    }
  }
  return found;
};

test('the routes of the build are those of app/api, and all of them are under it', () => {
  expect(built.sort()).toEqual(inFolder.sort());
  expect(inFolder.filter((path) => !path.startsWith('/api/'))).toEqual([]);
});

test('no handler goes without the wrapper that checks who asks, from where, how often and with what', async () => {
  const all = await handlers();
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter(({ rules }) => rules === undefined).map(({ name }) => name)).toEqual([]);
});

test('a call that changes something parses its body, and only a webhook may come from anywhere', async () => {
  const all = await handlers();
  const changing = all.filter(({ name, does }) => /^(POST|PUT|PATCH) /.test(name) && does);
  expect(changing.filter(({ name, rules }) => !rules?.body && !RAW_BODY.has(name)).map(({ name }) => name)).toEqual([]);
  expect(all.filter(({ rules }) => rules?.anyOrigin).map(({ name }) => name)).toEqual(['POST /api/payment/webhook']);
  const unlimited = all.filter(({ rules, does }) => does && rules?.rate === 'none').map(({ name }) => name);
  expect(unlimited.sort()).toEqual(['GET /api/health', 'GET /api/ready']);
});

test('nobody reads a body past its cap', () => {
  const files = ['app/api', 'lib/http']
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.ts'));
  const reading = files.filter((file) =>
    /\b(request|req)\.(json|text|arrayBuffer|bytes|blob|formData)\(/.test(readFileSync(file, 'utf8')),
  );
  expect(reading).toEqual([]);
});
