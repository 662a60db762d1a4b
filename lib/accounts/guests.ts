import { createHmac, hkdfSync, randomUUID, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '#lib/limits.ts';

/** Signs and checks small values that a browser keeps for the shop. Each purpose has a key of its own, made from one secret. */
export class Signer {
  readonly #key: Buffer;

  /** @param purpose what the values mean, so that one kind cannot stand for another */
  constructor(secret: string, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', `holdfast ${purpose}`, 32));
  }

  /** @returns `<value>.<signature>` */
  sign(value: string): string {
    return `${value}.${this.#mac(value).toString('base64url')}`;
  }

  /** @returns the value if the signature is ours, else undefined */
  verify(signed: string): string | undefined {
    const dot = signed.lastIndexOf('.');
    if (dot < 1) return undefined;
    const value = signed.slice(0, dot);
    const given = Buffer.from(signed.slice(dot + 1)); // as text: base64 has several spellings of the same bytes
    const expected = Buffer.from(this.#mac(value).toString('base64url'));
    return given.length === expected.length && timingSafeEqual(given, expected) ? value : undefined;
  }

  #mac(value: string): Buffer {
    return createHmac('sha256', this.#key).update(value).digest();
  }
}

/** Guests: customers known by a signed cookie. */
export class Guests {
  readonly #signer: Signer;
  readonly #secure: boolean;

  /** @param secure whether browsers reach the shop over https */
  constructor(secret: string, secure: boolean) {
    this.#signer = new Signer(secret, 'guest cookie');
    this.#secure = secure;
  }

  /** @returns the guest's customer id (`guest-<uuid>`), or undefined without a cookie of ours */
  of(request: Request): string | undefined {
    const cookie = readCookie(request, this.#cookieName);
    const value = cookie === undefined ? undefined : this.#signer.verify(cookie);
    return value && /^guest-[0-9a-f-]{36}$/.test(value) ? value : undefined;
  }

  /** @returns a new guest, and the Set-Cookie value that makes a browser be it */
  create(): { customer: string; setCookie: string } {
    const customer = `guest-${randomUUID()}`;
    return { customer, setCookie: this.#cookie(this.#signer.sign(customer), LIMITS.guestCookieSeconds) };
  }

  /** @returns the Set-Cookie value after which a browser is no guest any more; its next cart or checkout makes it a new one */
  clearCookie(): string {
    return this.#cookie('', 0);
  }

  #cookie(value: string, maxAge: number): string {
    return `${this.#cookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${this.#secure ? '; Secure' : ''}`;
  }

  get #cookieName(): string {
    return this.#secure ? '__Host-holdfast-guest' : 'holdfast-guest';
  }
}

/** @returns the value of a request's cookie, or undefined */
export function readCookie(request: Pick<Request, 'headers'>, name: string): string | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
