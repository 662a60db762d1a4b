import { closeSync, existsSync, openSync, readdirSync, readSync, renameSync } from 'node:fs';
import path from 'node:path';
import { isVersion, type ServerVersion } from '#lib/server-versions.ts';
import { readWriter } from '#scripts/services/data-writer.ts';

const HEADER_BYTES = 64;
const SHORT_STRING = 0x3f;
const AUX = 0xfa;

/** Whether a Redis has kept data in this folder. */
export function hasRedisData(folder: string): boolean {
  return existsSync(path.join(folder, 'appendonlydir'));
}

/** The server that wrote a Redis data folder: by its record, else by the header of its base file. Undefined when neither tells. */
export function redisWriter(folder: string): ServerVersion | undefined {
  if (!hasRedisData(folder)) return undefined;
  return readWriter(folder) ?? baseFileWriter(path.join(folder, 'appendonlydir'));
}

/**
 * Move a data folder away under a name that says when and whose it was, for example
 * `redis-2026-11-29T22-40-00-000Z-valkey-9.1.2`.
 * @returns its new path
 */
export function setAside(folder: string, writer: ServerVersion | undefined): string {
  const when = new Date().toISOString().replace(/[:.]/g, '-');
  const whose = writer ? `-${writer.server.toLowerCase()}-${writer.version}` : '';
  const aside = `${folder}-${when}${whose}`;
  renameSync(folder, aside);
  return aside;
}

/** An RDB file begins with `REDISnnnn` or `VALKEYnnn`, and its first auxiliary field is the version of its writer. */
function baseFileWriter(appendOnlyFolder: string): ServerVersion | undefined {
  const base = readdirSync(appendOnlyFolder)
    .filter((name) => name.endsWith('.base.rdb'))
    .at(-1);
  if (!base) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path.join(appendOnlyFolder, base), 'r');
  readSync(file, header, 0, HEADER_BYTES, 0);
  closeSync(file);
  const magic = /^(REDIS\d{4}|VALKEY\d{3})/.exec(header.toString('latin1'))?.[0];
  if (!magic || header[magic.length] !== AUX) return undefined;
  const field = shortString(header, magic.length + 1);
  const version = shortString(header, magic.length + 2 + field.length);
  const server = { 'redis-ver': 'Redis', 'valkey-ver': 'Valkey' }[field];
  if ((server !== 'Redis' && server !== 'Valkey') || !isVersion(version)) return undefined;
  return { server, version };
}

/** A string of up to 63 bytes: its length in one byte, then its bytes. */
function shortString(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + 1, at + 1 + (bytes[at]! & SHORT_STRING));
}
