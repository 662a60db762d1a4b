/** Accounts: who is asking. Guests by a signed cookie, users by a session, scripts by the admin key. */
export { Accounts, type Confirmed, customersOf, type SignIn } from '#lib/accounts/accounts.ts';
export { AdminKey } from '#lib/accounts/admin-key.ts';
export { waitSeconds } from '#lib/accounts/backoff.ts';
export { Guests, readCookie, Signer } from '#lib/accounts/guests.ts';
export { type AuthAction, type AuthAnswer, runNextAuth } from '#lib/accounts/next-auth.ts';
export { Passwords, TooBusyError } from '#lib/accounts/passwords.ts';
export type { Session, SessionToken } from '#lib/accounts/sessions.ts';
export type { User } from '#lib/accounts/users.ts';
