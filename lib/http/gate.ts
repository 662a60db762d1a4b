import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { problem } from '#lib/http/problem.ts';
import { LIMITS } from '#lib/limits.ts';

/** @returns the answer to a call of the API that no router should have to understand, or undefined */
export function refusal(req: IncomingMessage): Response | undefined {
  const target = req.url ?? '/';
  if (!target.startsWith('/')) return problem('INVALID_REQUEST', { detail: 'the request target must be a path' });
  // One way to write an address: what follows dots goes past whatever knows addresses by how they begin.
  if (DOTS.test(target.split('?', 1)[0]!)) return problem('NOT_FOUND');
  if (!target.startsWith('/api/') && meansApi(target)) return problem('NOT_FOUND'); // Next would read it as one
  if (!target.startsWith('/api/'))
    return isRead(req) ? undefined : problem('METHOD_NOT_ALLOWED', {}, { allow: 'GET, HEAD' });
  if (!METHODS.has(req.method ?? '')) return problem('METHOD_NOT_ALLOWED', {}, { allow: [...METHODS].join(', ') });
  if (Number(req.headers['content-length'] ?? 0) > LIMITS.bodyBytes) return problem('BODY_TOO_LARGE');
  return isDecodable(target.split('?', 1)[0]!) ? undefined : problem('NOT_FOUND');
}

/** Pages are only read: the shop has no server functions, so nobody gets to Next's reader of their arguments. */
const isRead = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';
const DOTS = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\]|$)/i;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Whether an address is one of the API's in disguise: encoded, in capitals, with other slashes. */
function meansApi(target: string): boolean {
  const path = target.split('?', 1)[0]!;
  return /^[/\\]+api(?:[/\\]|$)/i.test(isDecodable(path) ? decodeURIComponent(path) : path);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Once the answer is out, read away what is left of the request's body, so that a client that is still sending gets to read
 * the answer and may use its connection again; one that sends more than LIMITS.discardedBytes is hung up on.
 */
export function discardRest(req: IncomingMessage, res: ServerResponse): void {
  const { socket } = req;
  req.read(0); // of a body that nobody has begun to read, Node itself would throw away all that comes, without end
  res.once('finish', () => {
    if (req.complete && req.readableEnded) return;
    if (req.destroyed) return socket.destroySoon(); // whoever read it has let go of it: nobody could read on
    let left: number = LIMITS.discardedBytes;
    req.removeAllListeners('data');
    req.on('data', (chunk: Buffer) => {
      left -= chunk.byteLength;
      if (left < 0) socket.destroy();
    });
    req.resume();
  });
}

/** Answer what is not HTTP at all, has headers past Node's limit, or takes too long, as a problem too. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = BROKEN[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code: 'INVALID_REQUEST' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const BROKEN: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};
