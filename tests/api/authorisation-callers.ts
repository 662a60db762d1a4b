import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Rules } from '#lib/http/route.ts';
import type { Shop } from '#tests/api/shop.ts';
import { signIn, signUp, somebody } from '#tests/support/accounts.ts';
import type { Shopper } from '#tests/support/http.ts';

/** Whose things the call is about, and how everybody else is told apart. A new kind of caller is one line here. */
export interface Scene {
  owner: Shopper;
  other: Shopper;
  /** Signed in, by role. */
  members: Record<'owner' | 'customer' | 'viewer' | 'admin', Shopper>;
  saleId: string;
  productId: string;
  cartId: string;
  orderId: string;
}

/** A copy of the cookie of a guest whom an account has been since: about what was the guest's. */
export const ADOPTED = 'a guest whom an account has been';

export const CALLERS: Record<string, (scene: Scene) => Record<string, string>> = {
  nobody: () => ({}),
  'the guest whose it is': ({ owner }) => ({ cookie: owner.cookie }),
  'the account whose it is': ({ members }) => ({ cookie: members.owner.cookie }),
  [ADOPTED]: ({ owner }) => ({ cookie: owner.cookie }),
  'another guest': ({ other }) => ({ cookie: other.cookie }),
  'an account': ({ members }) => ({ cookie: members.customer.cookie }),
  'a viewer': ({ members }) => ({ cookie: members.viewer.cookie }),
  'an admin': ({ members }) => ({ cookie: members.admin.cookie }),
  'a wrong admin key': () => ({ authorization: `Bearer ${randomUUID()}` }),
  'the admin key': () => ({ authorization: `Bearer ${process.env.ADMIN_API_KEY}` }),
};

/** Who acts as the merchant, whose it is, who may enter the back room, and who is signed in. */
export const MERCHANTS = new Set(['an admin', 'the admin key']);
export const OWNERS = new Set(['the guest whose it is', 'the account whose it is']);
export const STAFF = new Set(['a viewer', 'an admin']);
export const SIGNED_IN = new Set(['the account whose it is', 'an account', 'a viewer', 'an admin']);

/** The status by which a call refuses a caller for who they are; undefined when it does not. */
export function refusal({ who }: Rules, caller: string): number | undefined {
  const merchant = MERCHANTS.has(caller);
  if (who === 'account') return SIGNED_IN.has(caller) ? undefined : 401;
  if (who === 'viewer' && (merchant || caller === 'a viewer')) return undefined;
  if ((who === 'admin' || who === 'viewer') && !merchant) return SIGNED_IN.has(caller) ? 403 : 401;
  return undefined;
}

/** Whether a call is about a PAID order. */
export const isPaid = (path: string) => /\/(receipt|delivery)$/.test(path);

/** The scenes of one shop. */
export function scenesOf(shop: Shop) {
  let signedIn: Promise<Scene['members']> | undefined;

  /** One account of each role for all scenes: a password takes a while to check. */
  async function everyRole(): Promise<Scene['members']> {
    const made: Partial<Scene['members']> = {};
    for (const role of ['owner', 'customer', 'viewer', 'admin'] as const) {
      const who = somebody();
      const shopper = shop.client.shopper();
      await signUp(shopper, who);
      await shop.mongo
        .collection('users')
        .updateOne({ email: who.email }, { $set: { role: role === 'owner' ? 'customer' : role } });
      expect(await signIn(shopper, who)).toMatchObject({ status: 200 });
      made[role] = shopper;
    }
    return made as Scene['members'];
  }

  /** @param by whose things it is about: a guest's without it */
  async function scene(path: string, by?: 'owner'): Promise<Scene> {
    signedIn ??= everyRole();
    const members = await signedIn;
    const { saleId, productIds } = await shop.client.sale({ units: [3], ships: true, holdSeconds: 3_600 });
    const productId = productIds[0]!;
    const [owner, other] = [by ? members[by] : shop.client.shopper(), shop.client.shopper()];
    const cartId = await owner.cartWith([{ productId, quantity: 1 }]);
    await other.call('POST', '/api/cart');
    const { body } = await owner.buyNow([{ productId, quantity: 1 }]);
    if (isPaid(path)) await owner.pay(body.orderId);
    return { owner, other, members, saleId, productId, cartId, orderId: body.orderId };
  }

  /** Let an account be the guest whose things a scene is about: the guest's cookie is a copy from now on. */
  async function adopt(guests: Scene): Promise<Scene> {
    const who = somebody();
    const browser = shop.client.shopper(guests.owner.cookie);
    await signUp(browser, who);
    expect(await signIn(browser, who)).toMatchObject({ status: 200 });
    return guests;
  }

  return { scene, adopt };
}
