import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom: app | worker → lib/<domain>/index → lib/redis → lua. */
const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file));

const imports = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s+'([^']+)'|import\('([^']+)'\)/g)].map(
    (match) => match[1] ?? match[2]!,
  );

const lib = files('lib');
/** Folders of lib that are domains: each has an index.ts as its only door. */
const domains = new Set(
  lib.filter((file) => file.endsWith('/index.ts')).map((file) => dirname(file).slice('lib/'.length)),
);

const domainOf = (name: string) => name.split('/')[0]!;

test('a domain is entered by its index alone', () => {
  const wrong = [
    ...lib,
    ...files('app'),
    ...files('worker'),
    ...files('sandbox'),
    ...files('components'),
    ...files('scripts'),
    'server.ts',
  ].flatMap((file) =>
    imports(file)
      .filter((name) => name.startsWith('#lib/'))
      .map((name) => name.slice('#lib/'.length))
      .filter(
        (name) =>
          domains.has(domainOf(name)) &&
          name !== `${domainOf(name)}/index.ts` &&
          !file.startsWith(`lib/${domainOf(name)}/`),
      )
      .map((name) => `${file} → ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('nothing in lib imports app, worker, components, React or Next', () => {
  const wrong = lib.flatMap((file) =>
    imports(file)
      .filter((name) => /^(#app|#worker|#sandbox|#components|#scripts|next|react)(\/|$)/.test(name))
      .map((name) => `${file} → ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('the inventory knows Redis only; orders, carts and payments know no HTTP', () => {
  const allowed: Record<string, RegExp> = {
    inventory: /^#lib\/(inventory|redis|limits|log)\b|^(ioredis|node:)/,
    orders: /^#lib\/(orders|inventory\/index|mongo|limits|contract|crash|log|backoff|money)\b/,
    carts: /^#lib\/(carts|mongo|limits)\b|^node:/,
    payments:
      /^#lib\/(payments|orders\/index|inventory\/index|alarms\/index|mongo|limits|crash|contract|backoff|currency|log)\b|^(stripe|zod|p-limit|node:)/,
  };
  const wrong = Object.entries(allowed).flatMap(([domain, may]) =>
    files(`lib/${domain}`).flatMap((file) =>
      imports(file)
        .filter((name) => !may.test(name))
        .map((name) => `${file} → ${name}`),
    ),
  );
  expect(wrong).toEqual([]);
});

test("the bank's process knows the shop by HTTP alone: of lib it uses the payments and what every process needs", () => {
  const may =
    /^#sandbox\/|^#lib\/(payments\/index|mongo\/(connect|indexes|models)|env|limits|log|money|shutdown|unavailable)\.ts$|^(zod|node:)/;
  const wrong = files('sandbox').flatMap((file) =>
    imports(file)
      .filter((name) => !may.test(name))
      .map((name) => `${file} → ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('the route modules of the express lane use nothing of Next', () => {
  const hot = imports('server.ts')
    .filter((name) => name.startsWith('#app/'))
    .map((name) => name.slice(1));
  expect(hot.length).toBeGreaterThan(10);
  expect(hot.flatMap((file) => imports(file).filter((name) => /^(next|react)/.test(name)))).toEqual([]);
});

test('environment variables are read in lib/env.ts only', () => {
  const readers = [
    ...lib,
    ...files('app'),
    ...files('worker'),
    ...files('sandbox'),
    ...files('components'),
    'server.ts',
  ].filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')));
  expect(readers).toEqual(['lib/env.ts']);
});

test('Redis keys are built in one module', () => {
  const builders = [...lib, ...files('app'), ...files('worker')].filter((file) =>
    /[`'](sale|stock|hold|timer|held|deadlines|sold|limit|cart|idem|rebuild|ledger|changes):\{\$\{/.test(
      readFileSync(file, 'utf8'),
    ),
  );
  expect(builders).toEqual(['lib/redis/keys.ts']);
});
