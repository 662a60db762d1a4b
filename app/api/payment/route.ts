import type { PaymentsAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { isLiveKey } from '#lib/payments/index.ts';

/** How this shop is paid: the pages ask before they offer it. */
export const GET = route({ who: 'anyone' }, async ({ shop: { env } }) => {
  const paid: PaymentsAnswer =
    env.PAYMENT_PROVIDER === 'sandbox'
      ? { provider: 'sandbox', test: true, page: env.SANDBOX_URL !== undefined }
      : { provider: 'stripe', test: !isLiveKey(env.STRIPE_SECRET_KEY), page: false };
  return json(200, paid);
});
