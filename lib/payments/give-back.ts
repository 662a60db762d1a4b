import type { Alarms } from '#lib/alarms/index.ts';
import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Outbox } from '#lib/payments/outbox.ts';
import type { PaymentProvider } from '#lib/payments/provider.ts';

/** What giving money back works through. */
export interface Purse {
  provider: PaymentProvider;
  outbox: Outbox;
  alarms: Pick<Alarms, 'raise' | 'over'>;
}

/**
 * Give one payment that is owed back: void it, or refund it when the provider has taken it already. Safe to repeat. It is
 * tried again later and later; after LIMITS.paymentAttempts somebody is told.
 * @throws when the provider or MongoDB cannot be asked; the payment stays owed
 */
export async function giveBack({ provider, outbox, alarms }: Purse, paymentId: string): Promise<void> {
  const owed = await outbox.takeUp(paymentId);
  if (!owed) return;
  const { attempts, ...payment } = owed;
  if (attempts > LIMITS.paymentAttempts)
    await alarms.raise('refundStuck', paymentId, `could not be given back ${attempts - 1} times`);
  crashPoint('before_refund');
  const pending = (await provider.void(payment)) === 'captured' && (await provider.refund(payment)) === 'pending';
  crashPoint('after_refund');
  if (pending) return outbox.notePending(paymentId);
  await outbox.noteDone(paymentId);
  await alarms.over('refundStuck', paymentId);
}
