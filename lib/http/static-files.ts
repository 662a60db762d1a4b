import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { MisconfiguredError } from '#lib/env.ts';

const PLACE = '/_next/static/';
const TYPES: Record<string, string> = {
  '.js': 'application/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** These are compressed already. */
const DENSE = new Set(['.woff2']);
/** Of 11: a tenth smaller than gzip, and not slower to make. */
const BROTLI_QUALITY = 6;

type Encoding = 'br' | 'gzip' | 'identity';

const ENCODE: Record<Encoding, (file: Buffer) => Promise<Buffer>> = {
  br: (file) => promisify(brotliCompress)(file, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (file) => promisify(gzip)(file),
  identity: async (file) => file,
};

/**
 * The scripts, styles and fonts of a build, out of memory: each compressed once in a process's life, where Next would compress
 * them for every newcomer anew. Their names hold their content's hash, so they never change.
 * @param folder the build's `static`; a file that is not in it now is not answered
 * @returns a listener that answers a request for one of the files and says whether it did
 * @throws {MisconfiguredError} when there is no build
 */
export function staticFiles(folder: string): (req: IncomingMessage, res: ServerResponse) => boolean {
  if (!existsSync(folder)) throw new MisconfiguredError(`There is no build in ${path.dirname(folder)}: npm run build`);
  const names = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll(path.sep, '/'))
      .filter((name) => path.extname(name) in TYPES),
  );
  const made = new Map<string, Promise<Buffer>>();

  const bodyOf = (name: string, encoding: Encoding): Promise<Buffer> => {
    const slot = `${encoding} ${name}`;
    let body = made.get(slot);
    if (!body) {
      body = readFile(path.join(folder, name)).then(ENCODE[encoding]);
      body.catch(() => made.delete(slot));
      made.set(slot, body);
    }
    return body;
  };

  return (req, res) => {
    const asked = (req.url ?? '').split('?', 1)[0]!;
    const name = asked.startsWith(PLACE) ? asked.slice(PLACE.length) : '';
    if (!names.has(name) || (req.method !== 'GET' && req.method !== 'HEAD')) return false;
    const extension = path.extname(name);
    const encoding = DENSE.has(extension) ? 'identity' : encodingFor(req.headers['accept-encoding']);
    bodyOf(name, encoding).then(
      (body) => {
        res.setHeader('content-type', TYPES[extension]!);
        res.setHeader('cache-control', 'public, max-age=31536000, immutable');
        res.setHeader('vary', 'Accept-Encoding');
        if (encoding !== 'identity') res.setHeader('content-encoding', encoding);
        res.setHeader('content-length', body.byteLength);
        res.end(req.method === 'HEAD' ? undefined : body);
      },
      () => res.destroy(),
    );
    return true;
  };
}

/** @param accepted the request's Accept-Encoding; one that refuses an encoding by `q=0` is not offered it */
function encodingFor(accepted: string | string[] | undefined): Encoding {
  const offered = String(accepted ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim().split(';'))
    .filter(([, quality]) => !quality || Number(quality.replace(/^\s*q=/, '')) !== 0)
    .map(([encoding]) => encoding!.trim());
  return (['br', 'gzip'] as const).find((encoding) => offered.includes(encoding)) ?? 'identity';
}
