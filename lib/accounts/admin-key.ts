import { createHash, timingSafeEqual } from 'node:crypto';

/** The key by which scripts act as the merchant: `Authorization: Bearer ADMIN_API_KEY`. */
export class AdminKey {
  readonly #hash: Buffer;

  constructor(key: string) {
    this.#hash = hash(key);
  }

  /**
   * What a request's Authorization header says; takes the same time for every wrong key.
   * @returns `none` when it brings no bearer token at all
   */
  of(request: Request): 'right' | 'wrong' | 'none' {
    const header = request.headers.get('authorization');
    if (header === null) return 'none';
    const guess = /^Bearer ([!-~]{1,500})$/.exec(header)?.[1];
    return guess !== undefined && timingSafeEqual(hash(guess), this.#hash) ? 'right' : 'wrong';
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest();
