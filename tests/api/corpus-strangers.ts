import { randomUUID } from 'node:crypto';
import type { CorpusClass, Senders, Sent } from '#tests/api/corpus.ts';
import { everyCall, type HostileCall } from '#tests/api/hostile-calls.ts';
import type { Random } from '#tests/sim/random.ts';

/** Classes of attack by somebody who may not do what they ask for, with their weight among the generated requests. */
export const STRANGE = {
  'forged addresses and keys': 3,
  'the merchant’s calls by strangers': 4,
  'hosts and line breaks': 2,
} as const;

export const isStrange = (of: CorpusClass): of is keyof typeof STRANGE => of in STRANGE;

/** The merchant's calls. */
export const MERCHANT = /^\/api\/(product$|product\/|sales|alarms|orders\/[^/]+\/(capture|refund)|token)/;

/** A call of the merchant's by somebody who is not. */
export function strange(of: keyof typeof STRANGE, random: Random, senders: Senders): Sent {
  const call = random.pick(everyCall(senders.account.things).filter(({ path }) => MERCHANT.test(path)));
  switch (of) {
    case 'forged addresses and keys': {
      const ip = `${random.below(256)}.${random.below(256)}.0.1`;
      return {
        method: call.method,
        path: call.path,
        raw: JSON.stringify(call.body),
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': random.pick([ip, `127.0.0.1, ${ip}`, `${'1.1.1.1, '.repeat(500)}${ip}`, '_', '::1']),
          'x-holdfast-address': ip,
          'x-real-ip': '127.0.0.1',
          ...random.pick([
            { authorization: `Bearer ${random.uuid()}` },
            { authorization: 'Bearer %zz' },
            { authorization: `Basic ${Buffer.from(`admin:${senders.adminKey}`).toString('base64')}` },
            { authorization: `bearer ${random.uuid()}` },
            { cookie: `holdfast-admin=${Date.now() + 1e9}.${random.uuid()}` },
            { cookie: senders.guest.cookie.replace('guest', 'admin') },
            { cookie: senders.account.cookie.replace(/.(?=.{9}$)/, (one) => (one === 'A' ? 'B' : 'A')) },
          ] as Record<string, string>[]),
        },
      };
    }
    case 'the merchant’s calls by strangers':
      return otherwise(random, call);
    case 'hosts and line breaks': {
      const host = random.pick(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost', '[::1]', 'a'.repeat(200)]);
      const forged = {
        host,
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'host=evil.example',
      };
      const path =
        `${call.path}${random.pick(['', '%0d%0aset-cookie:%20a=1', '%0aX: 1', '%E5%98%8A%E5%98%8Dset-cookie:a'])}`.replace(
          ' ',
          '%20',
        );
      return {
        method: call.method,
        path,
        raw: JSON.stringify(call.body),
        headers: { 'content-type': 'application/json', ...forged },
      };
    }
    default:
      return of satisfies never;
  }
}

/** A call of the merchant's by every other way to say the same address. */
function otherwise(random: Random, { method, path, body }: HostileCall): Sent {
  const [name, ...rest] = path.slice('/api/'.length).split('/');
  const written = random.pick([
    path,
    `${path}/`,
    `/api//${path.slice(5)}`,
    `/API/${path.slice(5)}`,
    `/api/${[name!.toUpperCase(), ...rest].join('/')}`,
    `/api/%${name!.charCodeAt(0).toString(16)}${path.slice(6)}`,
    `/api/./${path.slice(5)}`,
    `/api/x/../${path.slice(5)}`,
    `/api/%2e/${path.slice(5)}`,
    `${path}.rsc`,
    `${path}?_rsc=1`,
    `${path}?_method=GET&__nextDataReq=1`,
    `${path};jsessionid=1`,
    `${path}%20`,
    `${path}%00`,
    `/_next/data/build${path}.json`,
    `/_next/../api/${path.slice(5)}`,
  ]);
  const tricks = random.pick<Record<string, string>>([
    {},
    { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
    { 'x-middleware-subrequest': 'src/middleware:src/middleware:src/middleware:src/middleware:src/middleware' },
    { 'x-http-method-override': method },
    { 'x-original-url': path, 'x-rewrite-url': path },
    { rsc: '1', 'next-router-state-tree': '%5B%22%22%5D' },
    { 'next-action': randomUUID().replaceAll('-', '') },
    { 'x-nextjs-data': '1' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer null' },
  ]);
  const verb = random.pick([method, method, method, 'GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
  const harmless = (verb === 'GET' || verb === 'HEAD') && /sales/.test(written); // what anyone may read
  return {
    method: harmless ? method : verb,
    path: written,
    ...(verb === 'GET' || verb === 'HEAD' ? {} : { raw: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', ...tricks },
  };
}
