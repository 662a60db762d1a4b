import { z } from 'zod';
import { COUNTRIES } from '#lib/countries.ts';
import { LIMITS } from '#lib/limits.ts';

/** Sale and product ids: no braces or colons, so that none can forge a Redis key. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9 and -');
/** Order and cart ids. */
export const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lower-case UUID');
export const quantity = z.int().min(1).max(LIMITS.quantityPerLine);
/** Header Idempotency-Key: printable ASCII. */
export const idempotencyKey = z
  .string()
  .regex(/^[!-~]+$/, 'must be printable characters without spaces')
  .max(LIMITS.keyLength);

const text = (most: number) => z.string().trim().min(1).max(most);
/** Redis keeps "none" as 0. */
const instant = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  .refine((at) => at.getTime() > 0, 'must be after 1970');
const holdsBeforeWait = z.int().min(0).max(LIMITS.holdsBeforeWaitMost);
const seconds = z.int().min(1).max(LIMITS.holdSecondsMost);
const taxBasisPoints = z.int().min(0).max(LIMITS.taxBasisPoints);

export const addToCart = z.strictObject({ cartId: uuid, productId: slug, quantity });
export const changeCart = z.strictObject({ productId: slug, quantity: z.int().min(0).max(LIMITS.quantityPerLine) });
/** What the shopper has been shown; refused when it is not what the catalog says. */
const expectedTotal = z.int().min(0).optional();
export const checkoutBody = z.union([
  z.strictObject({ cartId: uuid, saleId: slug.optional(), expectedTotal }),
  z.strictObject({
    items: z
      .array(z.strictObject({ productId: slug, quantity }))
      .min(1)
      .max(LIMITS.linesPerCheckout),
    expectedTotal,
  }),
]);
export const orderBody = z.strictObject({ orderId: uuid });
export const noBody = z.strictObject({});
export const orderParams = z.object({ id: uuid });
/** What no label or log line may hold: control characters, line breaks, lone surrogates, and what turns text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const line = (least: number, most: number) =>
  z
    .string()
    .transform((value) => value.trim().normalize('NFC'))
    .pipe(
      z
        .string()
        .min(least)
        .max(most)
        .refine((value) => !UNPRINTABLE.test(value), 'must be one line of plain text'),
    );
/** Where a parcel goes. `postalCode` may be empty: some countries have none. */
export const delivery = z.strictObject({
  name: line(1, LIMITS.deliveryLineLength),
  email: z.string().trim().pipe(z.email().max(LIMITS.emailLength)),
  street: line(1, LIMITS.deliveryLineLength),
  postalCode: line(0, LIMITS.postalCodeLength),
  city: line(1, LIMITS.deliveryLineLength),
  country: z.enum(COUNTRIES, 'must be an ISO 3166-1 alpha-2 code'),
});

/** A secret of a wrong form opens nothing, as a wrong one. */
export const receiptQuery = z.object({ secret: z.string().max(LIMITS.keyLength).optional().catch(undefined) });
export const cartParams = z.object({ cartId: uuid });
export const saleParams = z.object({ id: slug });
/** `<kind>:<order's or payment's or event's id>` */
export const alarmParams = z.object({
  id: z
    .string()
    .min(1)
    .max(LIMITS.keyLength + 100),
});
export const withReason = z.strictObject({ reason: text(LIMITS.nameLength) });

export const newSale = z
  .strictObject({
    saleId: slug.optional(),
    name: text(LIMITS.nameLength),
    description: z.string().max(LIMITS.descriptionLength).optional(),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
    opensAt: instant.nullable().default(null),
    closesAt: instant.nullable().default(null),
    holdSeconds: seconds.optional(),
    extendSeconds: seconds.optional(),
    paused: z.boolean().default(false),
    taxBasisPoints: taxBasisPoints.default(0),
    ships: z.boolean().default(false),
    accountsOnly: z.boolean().default(false),
    holdsBeforeWait: holdsBeforeWait.optional(),
  })
  .refine(({ opensAt, closesAt }) => !opensAt || !closesAt || opensAt < closesAt, {
    path: ['closesAt'],
    error: 'must be after opensAt',
  });

export const saleChanges = z.strictObject({
  name: text(LIMITS.nameLength).optional(),
  description: z.string().max(LIMITS.descriptionLength).optional(),
  opensAt: instant.nullable().optional(),
  closesAt: instant.nullable().optional(),
  holdSeconds: seconds.optional(),
  extendSeconds: seconds.optional(),
  paused: z.boolean().optional(),
  taxBasisPoints: taxBasisPoints.optional(),
  ships: z.boolean().optional(),
  accountsOnly: z.boolean().optional(),
  holdsBeforeWait: holdsBeforeWait.optional(),
});

export const newProduct = z.strictObject({
  productId: slug.optional(),
  name: text(LIMITS.nameLength),
  description: z.string().max(LIMITS.descriptionLength).optional(),
  art: slug.optional(),
  price: z.int().min(1).max(LIMITS.priceMinorUnits),
  saleId: slug.optional(),
  limitPerCustomer: z.int().min(1).max(LIMITS.tokensPerMint).nullable().optional(),
});

export const mintBody = z.strictObject({ productId: slug, quantity: z.int().min(1).max(LIMITS.tokensPerMint) });

const email = z.string().trim().toLowerCase().max(LIMITS.emailLength).pipe(z.email('must be an e-mail address'));
/** As it was typed: whether it fits is not decided by its form. */
const password = z.string().min(1).max(LIMITS.passwordMost);
const newPassword = z.string().min(LIMITS.passwordLeast).max(LIMITS.passwordMost);
export const newAccount = z.strictObject({ email, password: newPassword });
export const passwordChange = z.strictObject({ current: password, next: newPassword });
export const passwordOnly = z.strictObject({ password });
/** next-auth's forms: what else a client adds to them is not read. */
export const signOutForm = z.object({ csrfToken: z.string().max(200) });
export const signInForm = signOutForm.extend({ email, password });

const whole = (most: number) => z.coerce.number().int().min(0).max(most);
export const listQuery = z.object({
  limit: whole(LIMITS.listMax).pipe(z.number().min(1)).default(LIMITS.listDefault),
  offset: whole(100_000_000).default(0),
  before: z.iso.datetime({ offset: true }).optional(),
  saleId: slug.optional(),
});
