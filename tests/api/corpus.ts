import { randomUUID } from 'node:crypto';
import { isStrange, MERCHANT, STRANGE, strange } from '#tests/api/corpus-strangers.ts';
import { everyCall, type HostileCall, type Things } from '#tests/api/hostile-calls.ts';
import { BODIES, EXTRA_MEMBERS, HOSTILE, type Kind, OBJECTS, QUERIES, SEGMENTS } from '#tests/api/hostile-corpus.ts';
import { Random } from '#tests/sim/random.ts';
import { signature } from '#tests/support/bank-event.ts';
import type { Answer } from '#tests/support/http.ts';

/** One request that the shop must refuse, of one class of attack. */
export interface CorpusRequest {
  of: CorpusClass;
  by: SenderName;
  method: string;
  path: string;
  raw?: string | Buffer;
  headers: Record<string, string>;
}

/** Somebody with a cart and a hold of their own. */
export interface Sender {
  things: Things;
  cookie: string;
}

/** Who the shop takes the sender for, where the class does not forge it: only the input is to be wrong then. */
export interface Senders {
  /** Sends the merchant's key too, so that no call refuses it for who it is. */
  guest: Sender;
  /** Signed in as a customer, and nothing more. */
  account: Sender;
  adminKey: string;
}
export type SenderName = 'a guest with the merchant’s key' | 'an account' | 'nobody';

const NUMBERS = new Set<Kind>(['quantity', 'lineQuantity', 'amount', 'amountOrNone', 'sum', 'patience']);
const IDS = new Set<Kind>(['id', 'newId', 'bankId']);
/** Calls that take forms, or members of a library's own. */
const OPEN_BODY = /\/webhook$|^\/api\/auth\//;

/** Classes of attack by somebody who may do what they ask for, with their weight among the generated requests. */
const RIGHTFUL = {
  'amounts of every wrong kind': 5,
  'ids of a wrong form': 5,
  'query objects for MongoDB': 4,
  'prototypes and extra members': 4,
  'bodies that are no JSON': 3,
  'bodies beyond the cap': 0.2,
  'other fields': 3,
  'requests from other sites': 3,
} as const;
export const CLASSES = { ...RIGHTFUL, ...STRANGE };
export type CorpusClass = keyof typeof CLASSES;

/** The n-th request of a seed: the same for ever. */
export function corpusRequest(seed: number, n: number, senders: Senders): CorpusRequest {
  const random = new Random(seed * 1_000_003 + n);
  const sum = Object.values(CLASSES).reduce((all, weight) => all + weight, 0);
  let at = random.next() * sum;
  const chosen = (Object.keys(CLASSES) as CorpusClass[]).find((name) => {
    at -= CLASSES[name];
    return at < 0;
  });
  const of = chosen ?? 'other fields';
  const signedIn = random.chance(0.5);
  if (!isStrange(of)) {
    const by = signedIn ? 'an account' : 'a guest with the merchant’s key';
    return { of, by, ...rightful(of, random, signedIn, senders) };
  }
  const request = strange(of, random, senders);
  if (!signedIn || request.headers.cookie) return { of, by: 'nobody', ...request };
  return { of, by: 'an account', ...request, headers: { ...request.headers, cookie: senders.account.cookie } };
}

export type Sent = Omit<CorpusRequest, 'of' | 'by'>;

/** A request whose sender may do what it asks for, if only the request were right. */
function rightful(of: keyof typeof RIGHTFUL, random: Random, signedIn: boolean, senders: Senders): Sent {
  const { things, cookie } = signedIn ? senders.account : senders.guest;
  const calls = everyCall(things).filter(({ path }) => !signedIn || !MERCHANT.test(path));
  const who = { cookie, ...(signedIn ? {} : { authorization: `Bearer ${senders.adminKey}` }) };
  const json = {
    'content-type': random.pick(['application/json', 'application/json; charset=utf-8', 'Application/JSON']),
  };
  const withFields = (kinds: (kind: Kind) => boolean) =>
    calls.filter(({ fields }) => Object.values(fields).some(kinds));
  const sent = (
    call: Pick<HostileCall, 'method' | 'path'>,
    raw: string | Buffer,
    headers: Record<string, string> = {},
  ) => ({
    method: call.method,
    path: call.path,
    raw,
    headers: {
      ...json,
      ...who,
      ...(call.path.endsWith('/webhook') ? { 'holdfast-signature': signature(raw) } : {}),
      ...headers,
    },
  });
  const oneField = (kinds: (kind: Kind) => boolean, values?: readonly string[]) => {
    const call = random.pick(withFields(kinds));
    const fields = Object.entries(call.fields).filter(([, kind]) => kinds(kind));
    const wrong = [random.pick(fields), ...(random.chance(0.3) ? [random.pick(fields)] : [])];
    let raw = JSON.stringify(call.body);
    for (const [field, kind] of wrong) raw = withField(raw, field, random.pick(values ?? HOSTILE[kind]));
    return sent(call, raw);
  };
  switch (of) {
    case 'amounts of every wrong kind':
      return oneField((kind) => NUMBERS.has(kind));
    case 'ids of a wrong form':
      return random.chance(0.5) ? oneField((kind) => IDS.has(kind)) : { ...address(random), headers: who };
    case 'query objects for MongoDB':
      return random.chance(0.8)
        ? oneField(
            () => true,
            OBJECTS.filter((text) => text.includes('$') || text.includes('.')),
          )
        : {
            method: 'GET',
            path: `/api/orders?${random.pick(QUERIES.filter((query) => !query.includes('[')))}`,
            headers: who,
          };
    case 'prototypes and extra members': {
      const call = random.pick(calls.filter(({ path }) => !OPEN_BODY.test(path)));
      const inside = JSON.stringify(call.body).slice(1, -1);
      const members = [inside, random.pick(EXTRA_MEMBERS)].filter(Boolean);
      return sent(call, `{${(random.chance(0.5) ? members : members.reverse()).join(',')}}`);
    }
    case 'bodies that are no JSON': {
      const call = random.pick(calls);
      const whole = JSON.stringify(call.body);
      if (random.chance(0.4) && whole.length > 2) return sent(call, whole.slice(0, 1 + random.below(whole.length - 1)));
      if (random.chance(0.2) && !OPEN_BODY.test(call.path))
        return sent(call, whole, {
          'content-type': random.pick([
            'text/plain',
            'application/xml',
            'multipart/form-data; boundary=x',
            'application/x-www-form-urlencoded',
          ]),
        });
      return sent(call, random.pick(BODIES));
    }
    case 'bodies beyond the cap': {
      const call = random.pick(calls);
      const raw = `{"x":"${'x'.repeat(65_600 + random.below(60_000))}"}`;
      return sent(call, raw, random.chance(0.5) ? { 'transfer-encoding': 'chunked' } : {});
    }
    case 'requests from other sites': {
      const call = random.pick(calls.filter(({ path }) => !path.endsWith('/webhook')));
      const origin = random.pick([
        'null',
        'https://evil.example',
        'http://localhost.evil.example',
        'https://127.0.0.1:1',
        'file://',
        'http://',
        `http://${random.uuid()}`,
        'javascript:1',
      ]);
      const raw = JSON.stringify(call.body);
      return sent(call, raw, random.chance(0.7) ? { origin } : { 'sec-fetch-site': 'cross-site' });
    }
    case 'other fields':
      return oneField((kind) => !NUMBERS.has(kind) && !IDS.has(kind));
    default:
      return of satisfies never;
  }
}

/** An address with something else where an id belongs. */
function address(random: Random): { method: string; path: string; raw?: string } {
  const id = random.pick(
    SEGMENTS.filter((segment) => !/^(null|undefined|true|0|constructor|prototype|[a-z0-9-]{1,64})$/.test(segment)),
  );
  return random
    .pick([
      { method: 'GET', path: `/api/cart/${id}` },
      { method: 'PATCH', path: `/api/cart/${id}`, raw: '{"productId":"a","quantity":1}' },
      { method: 'GET', path: `/api/orders/${id}` },
      { method: 'POST', path: `/api/orders/${id}/cancel` },
      { method: 'POST', path: `/api/orders/${id}/extend` },
      { method: 'POST', path: `/api/orders/${id}/refund`, raw: '{"reason":"x"}' },
      { method: 'GET', path: `/api/sales/${id}` },
      { method: 'PATCH', path: `/api/sales/${id}`, raw: '{"paused":true}' },
      { method: 'GET', path: `/api/nothing/${id}` },
      { method: 'GET', path: `/api/orders/${randomUUID()}?${random.pick(QUERIES)}` },
    ])
    .valueOf() as { method: string; path: string; raw?: string };
}

/** A body with one field replaced by any JSON text, told apart by a mark of its own. */
function withField(body: string, field: string, text: string): string {
  let copy: unknown;
  try {
    copy = JSON.parse(body);
  } catch {
    return body; // the first of two wrong fields is JSON that no parser takes
  }
  const steps = field.split('.');
  let place = copy as Record<string, unknown>;
  for (const step of steps.slice(0, -1)) {
    if (typeof place?.[step] !== 'object' || place[step] === null) return body;
    place = place[step] as Record<string, unknown>;
  }
  const mark = `@${randomUUID()}@`;
  place[steps.at(-1)!] = mark;
  return JSON.stringify(copy).replace(`"${mark}"`, () => text);
}

const INSIDE = /node_modules|\.ts:\d|\bat \w+ \(|Mongo|ioredis|CastError|lua\/|ECONN|E11000/;

/** What is wrong with the answer to a request of the corpus: success, failure of the shop, or a word from its inside. */
export function complaint(
  request: CorpusRequest,
  { status, headers, body }: Answer,
  secrets: string[],
): string | undefined {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const said = `${status} ${text.slice(0, 200)}`;
  if (status >= 500) return `a failure: ${said}`;
  if (status < 300) return `not refused: ${said}`;
  if (INSIDE.test(text)) return `words from the inside: ${said}`;
  const all = `${text}${JSON.stringify(headers)}`;
  if (secrets.some((secret) => all.includes(secret))) return `a secret: ${said}`;
  if (Object.entries(headers).some(([name, value]) => name === 'set-cookie' && /a=1/.test(String(value))))
    return 'a forged header';
  const api = request.path.startsWith('/api/') && status >= 400;
  if (api && headers['content-type'] !== 'application/problem+json' && !/[./]{2}|%2e|_next|\/\.\//.test(request.path))
    return request.method === 'HEAD' ? undefined : `no problem: ${said}`;
  return undefined;
}
