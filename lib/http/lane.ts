import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { ADDRESS_HEADER } from '#lib/http/address.ts';
import { discardRest, hasBody, refusal } from '#lib/http/gate.ts';
import { problem } from '#lib/http/problem.ts';
import { type Handler, methodNotAllowed } from '#lib/http/route.ts';

/** A `route.ts` module: a handler by method. */
export type RouteModule = Partial<Record<'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', Handler>>;

interface Mounted {
  path: RegExp;
  names: string[];
  module: RouteModule;
}

/**
 * The express lane: route modules mounted in front of Next, which would spend more on routing than the handler on its work.
 * @param table path patterns like `/api/orders/[id]` or `/api/[...rest]` with their modules; the first that fits wins
 * @returns a listener that answers a request of the table and says whether it did
 */
export function expressLane(
  table: [pattern: string, module: RouteModule][],
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const mounted: Mounted[] = table.map(([pattern, module]) => ({
    path: new RegExp(`^${pattern.replace('[...rest]', '.*').replaceAll(/\[(\w+)\]/g, '([^/]+)')}/?$`),
    names: [...pattern.matchAll(/\[(\w+)\]/g)].map((match) => match[1]!),
    module,
  }));
  return (req, res) => {
    if (hasBody(req)) discardRest(req, res);
    const refused = refusal(req);
    if (refused) {
      void send(refused, res).catch(() => res.destroy());
      return true;
    }
    const path = (req.url ?? '/').split('?', 1)[0]!;
    for (const { path: pattern, names, module } of mounted) {
      const match = pattern.exec(path);
      if (!match) continue;
      void answer(
        req,
        res,
        module,
        names.map((name, i) => [name, match[i + 1]!]),
      );
      return true;
    }
    return false;
  };
}

/** Whether a request is for a page, not for one of the files that a page is made of. */
export function isPage({ url = '/' }: IncomingMessage): boolean {
  return !/^\/(?:_next\/static|art)\//.test(url);
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  module: RouteModule,
  rawParams: [string, string][],
): Promise<void> {
  try {
    await send(await run(req, res, module, rawParams), res);
  } catch {
    res.destroy(); // the client went away in the middle
  }
}

async function run(
  req: IncomingMessage,
  res: ServerResponse,
  module: RouteModule,
  rawParams: [string, string][],
): Promise<Response> {
  const method = req.method === 'HEAD' ? 'GET' : (req.method ?? 'GET');
  const handler = module[method as keyof RouteModule];
  if (!handler) return methodNotAllowed(Object.keys(module));
  const params = Object.fromEntries(rawParams.map(([name, value]) => [name, decodeURIComponent(value)]));
  const request = toRequest(req, res);
  return request ? handler(request, { params: Promise.resolve(params) }) : problem('INVALID_REQUEST');
}

/** @returns undefined for a request line or headers that no URL or Headers can hold */
function toRequest(req: IncomingMessage, res: ServerResponse): Request | undefined {
  const closed = new AbortController();
  res.once('close', () => closed.abort());
  const readsBody = hasBody(req) && req.method !== 'GET' && req.method !== 'HEAD';
  try {
    const headers = new Headers();
    for (let i = 0; i < req.rawHeaders.length; i += 2) headers.append(req.rawHeaders[i]!, req.rawHeaders[i + 1]!);
    headers.set(ADDRESS_HEADER, String(req.headers[ADDRESS_HEADER] ?? ''));
    return new Request(`http://${req.headers.host ?? 'localhost'}${req.url}`, {
      method: req.method ?? 'GET',
      headers,
      signal: closed.signal,
      ...(readsBody ? { body: Readable.toWeb(req) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
    } as RequestInit);
  } catch {
    return undefined;
  }
}

/** Write an answer of the web's kind to Node's. */
export async function send(response: Response, res: ServerResponse): Promise<void> {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  if (response.headers.get('content-type') !== 'text/event-stream') {
    const body = Buffer.from(await response.arrayBuffer());
    res.setHeader('content-length', body.byteLength);
    res.end(res.req.method === 'HEAD' ? undefined : body);
    return;
  }
  res.flushHeaders();
  if (res.req.method === 'HEAD' || !response.body) {
    await response.body?.cancel();
    res.end();
    return;
  }
  const reader = response.body.getReader();
  let goOn = () => {};
  res.on('drain', () => goOn());
  res.once('close', () => {
    void reader.cancel().catch(() => {});
    goOn();
  });
  // A stream that is over is counted no more: whoever has not read what was written is hung up on, not waited for.
  void reader.closed.catch(() => {}).then(() => (res.writableNeedDrain ? res.destroy() : res.end()));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!res.write(value)) await new Promise<void>((resolve) => (goOn = resolve));
  }
}
