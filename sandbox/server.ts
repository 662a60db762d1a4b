import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { log } from '#lib/log.ts';
import { isUnavailable } from '#lib/unavailable.ts';
import { answerApi } from '#sandbox/api.ts';
import type { Bank } from '#sandbox/bank.ts';
import { Refusal, type Reply } from '#sandbox/http.ts';
import { answerPage } from '#sandbox/page.ts';

/** The bank's HTTP server. @param bank undefined while the bank is not ready: everything is answered 503 then */
export function bankServer(bank: () => Bank | undefined): Server {
  const timeouts = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 };
  return createServer(timeouts, (req, res) => {
    void answer(bank(), req)
      .catch((error: unknown) => toReply(error, req))
      .then((reply) => send(req, res, reply));
  });
}

async function answer(bank: Bank | undefined, req: IncomingMessage): Promise<Reply> {
  if (!URL.canParse(req.url ?? '', 'http://bank')) throw new Refusal(400, 'the address is no address');
  const url = new URL(req.url!, 'http://bank');
  if (!bank) return { status: 503, json: { error: 'the bank is starting' }, headers: { 'retry-after': '1' } };
  if (url.pathname === '/health') return { status: 200, json: { status: 'ok' } };
  if (url.pathname.startsWith('/v1/')) return answerApi(bank, req, url);
  const page = /^\/pay\/([\w-]{1,200})$/.exec(url.pathname);
  if (!page) throw new Refusal(404, 'there is no such address');
  if (!['GET', 'HEAD', 'POST'].includes(req.method ?? '')) throw new Refusal(405, 'GET or POST');
  return answerPage(bank, req, url, page[1]!);
}

function toReply(error: unknown, req: IncomingMessage): Reply {
  if (error instanceof Refusal) return { status: error.status, json: { error: error.message } };
  if (error instanceof URIError) return { status: 400, json: { error: 'the address is no address' } };
  const status = isUnavailable(error) ? 503 : 500;
  log()[status === 503 ? 'warn' : 'error']({ err: error, method: req.method }, 'not answered');
  return { status, json: { error: 'the bank cannot answer right now' } };
}

function send(req: IncomingMessage, res: ServerResponse, { status, json, html, headers, hangUp }: Reply): void {
  if (hangUp) {
    req.socket.destroy();
    return;
  }
  const body = html ?? (json === undefined ? '' : JSON.stringify(json));
  res.writeHead(status, {
    'content-type': html === undefined ? 'application/json' : 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...(req.complete ? {} : { connection: 'close' }), // what is left of a refused body is not read
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}
