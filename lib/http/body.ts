import { RequestError } from '#lib/http/problem.ts';
import { LIMITS } from '#lib/limits.ts';

/**
 * Read a request's body as text, counting while it streams.
 * @throws {RequestError} UNSUPPORTED_MEDIA_TYPE when it is compressed: nothing is ever inflated; BODY_TOO_LARGE past
 * LIMITS.bodyBytes, INVALID_JSON when it is not UTF-8
 */
export async function readText(request: Request): Promise<string> {
  if (!request.body) return '';
  const coding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (coding !== 'identity')
    throw new RequestError('UNSUPPORTED_MEDIA_TYPE', { detail: 'The body must come without a Content-Encoding.' });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = request.body.getReader();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > LIMITS.bodyBytes) throw new RequestError('BODY_TOO_LARGE');
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // Reading can fail only by what the client sends. The rest stays unread: lib/http/gate.ts reads it away.
    throw error instanceof RequestError
      ? error
      : new RequestError('INVALID_JSON', { detail: 'The body is not UTF-8, or it ended early.' });
  } finally {
    reader.releaseLock();
  }
}

/**
 * Read a JSON body. No body at all is `{}`: several calls need none.
 * @throws {RequestError} UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, BODY_TOO_LARGE
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text === '') return {};
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json') throw new RequestError('UNSUPPORTED_MEDIA_TYPE');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError('INVALID_JSON');
  }
  if (deeperThan(value, LIMITS.jsonDepth))
    throw new RequestError('INVALID_JSON', { detail: 'The body is nested too deeply.' });
  if (namesIn(text) > membersOf(value))
    throw new RequestError('INVALID_JSON', { detail: 'The body names a member twice.' });
  return value;
}

/** How many members a valid JSON text names: more than its objects end up with when one is named twice. */
function namesIn(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon) names += 1;
  return names;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, inner) => sum + membersOf(inner), own);
}

function deeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => deeperThan(inner, depth - 1));
}
