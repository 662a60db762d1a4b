import { createHash, timingSafeEqual } from 'node:crypto';
import { readCookie, Signer } from '#lib/customers/guest.ts';
import { LIMITS } from '#lib/limits.ts';

/** Whoever knows the admin key: by Authorization header, or by the cookie that pasting the key into /admin has set. */
export class Admins {
  readonly #keyHash: Buffer;
  readonly #signer: Signer;
  readonly #secure: boolean;

  constructor(adminKey: string, secret: string, secure: boolean) {
    this.#keyHash = hash(adminKey);
    this.#signer = new Signer(`${secret}${adminKey}`, 'admin cookie'); // a changed key ends every session
    this.#secure = secure;
  }

  /** @returns whether this is the admin key; takes the same time for every guess */
  isKey(guess: string): boolean {
    return timingSafeEqual(hash(guess), this.#keyHash);
  }

  /** @returns whether a request may act as the merchant */
  isAdmin(request: Request): boolean {
    const bearer = /^Bearer ([!-~]{1,500})$/.exec(request.headers.get('authorization') ?? '')?.[1];
    if (bearer !== undefined) return this.isKey(bearer);
    const until = Number(this.#signer.verify(readCookie(request, this.#cookieName) ?? '') ?? 0);
    return until > Date.now();
  }

  /** @returns the Set-Cookie value that opens the dashboard for LIMITS.adminCookieSeconds, or closes it */
  cookie(open: boolean): string {
    const value = open ? this.#signer.sign(String(Date.now() + LIMITS.adminCookieSeconds * 1_000)) : '';
    const attributes = `Path=/; Max-Age=${open ? LIMITS.adminCookieSeconds : 0}; HttpOnly; SameSite=Strict${this.#secure ? '; Secure' : ''}`;
    return `${this.#cookieName}=${value}; ${attributes}`;
  }

  get #cookieName(): string {
    return this.#secure ? '__Host-holdfast-admin' : 'holdfast-admin';
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest();
