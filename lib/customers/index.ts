/** Customers: who is asking. Guests by a signed cookie, the merchant by the admin key. */
export { Admins } from '#lib/customers/admin.ts';
export { Guests, readCookie, Signer } from '#lib/customers/guest.ts';
