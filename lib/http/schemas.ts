import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';

/** Sale and product ids: no braces or colons, so that none can forge a Redis key. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9 and -');
/** Order and cart ids. */
export const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lower-case UUID');
export const quantity = z.int().min(1).max(LIMITS.quantityPerLine);
/** Header Idempotency-Key: printable ASCII. */
export const idempotencyKey = z
  .string()
  .regex(/^[!-~]{1,255}$/, 'must be 1 to 255 printable characters without spaces');

const text = (most: number) => z.string().trim().min(1).max(most);
/** Redis keeps "none" as 0. */
const instant = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value))
  .refine((at) => at.getTime() > 0, 'must be after 1970');
const seconds = z.int().min(1).max(86_400);

export const addToCart = z.strictObject({ cartId: uuid, productId: slug, quantity });
export const changeCart = z.strictObject({ productId: slug, quantity: z.int().min(0).max(LIMITS.quantityPerLine) });
export const checkoutBody = z.union([
  z.strictObject({ cartId: uuid, saleId: slug.optional() }),
  z.strictObject({
    items: z
      .array(z.strictObject({ productId: slug, quantity }))
      .min(1)
      .max(LIMITS.linesPerCheckout),
  }),
]);
export const orderBody = z.strictObject({ orderId: uuid });
export const noBody = z.strictObject({});
export const orderParams = z.object({ id: uuid });
export const cartParams = z.object({ cartId: uuid });
export const saleParams = z.object({ id: slug });
export const noParams = z.object({});

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
export const adminKey = z.strictObject({ key: z.string().min(1).max(500) });

const whole = (most: number) => z.coerce.number().int().min(0).max(most);
export const listQuery = z.object({
  limit: whole(LIMITS.listMax).pipe(z.number().min(1)).default(LIMITS.listDefault),
  offset: whole(100_000_000).default(0),
  before: z.iso.datetime({ offset: true }).optional(),
  saleId: slug.optional(),
});
