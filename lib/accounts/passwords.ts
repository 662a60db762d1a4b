import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import pLimit, { type LimitFunction } from 'p-limit';
import { LIMITS } from '#lib/limits.ts';

/**
 * Argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first: 19 MiB, two passes, one lane. Hashes are
 * kept as PHC strings, so that stronger parameters later leave the old hashes readable.
 */
const NOW = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What a password is compared with when there is no account: costs as much as any other, and nothing fits it. */
const NOBODY = toPhc(NOW, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,88})\$([A-Za-z0-9+/]{43,88})$/;

/** More wait for their turn than would be answered in time. Nothing was decided; the same call may be repeated. */
export class TooBusyError extends Error {
  override name = 'TooBusyError';
}

/** Passwords as hashes. Each takes its memory and a thread for a while, so only a few are made, and a few compared, at a time. */
export class Passwords {
  readonly #making = pLimit(LIMITS.passwordsMadeAtOnce);
  readonly #checking = pLimit(LIMITS.passwordsCheckedAtOnce);

  /** @returns a PHC string with a salt of its own @throws {TooBusyError} */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return toPhc(NOW, salt, await derive(this.#making, password, { ...NOW, salt, length: HASH_BYTES }));
  }

  /**
   * @param phc the account's hash; undefined when there is no account, which costs the same and never fits
   * @throws {TooBusyError}
   */
  async fits(password: string, phc: string | undefined): Promise<boolean> {
    const match = PHC.exec(phc ?? NOBODY);
    if (!match) throw new Error('a stored password hash is no argon2id PHC string');
    const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
    const [salt, expected] = match.slice(4).map((text) => Buffer.from(text, 'base64')) as [Buffer, Buffer];
    const made = await derive(this.#checking, password, { memory, passes, parallelism, salt, length: expected.length });
    return timingSafeEqual(made, expected) && phc !== undefined;
  }
}

/** One run of Argon2id, in its turn: all that a password costs. */
function derive(
  turn: LimitFunction,
  password: string,
  { salt, length, ...parameters }: typeof NOW & { salt: Buffer; length: number },
): Promise<Buffer> {
  if (turn.pendingCount >= LIMITS.passwordsWaiting) throw new TooBusyError('too many passwords at once');
  const message = password.normalize('NFKC'); // the same keys pressed on another system
  return turn(() => run('argon2id', { message, nonce: salt, tagLength: length, ...parameters }));
}

const run = promisify(argon2);

function toPhc({ memory, passes, parallelism }: typeof NOW, salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(hash)}`;
}
