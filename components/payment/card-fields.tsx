'use client';

import type { Stripe, StripeElements, StripeError } from '@stripe/stripe-js';
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { money } from '#components/format.ts';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { APPEARANCE } from '#components/payment/appearance.ts';
import type { PayProps } from '#components/payment/pay-props.ts';
import { Button } from '#components/ui/button.tsx';
import { jittered } from '#components/use-api.ts';

type Step = 'loading' | 'notLoaded' | 'ready' | 'confirming' | 'waiting';
const WAITING_POLL_MS = 1_000;

/** The provider's own fields inside this page. The shop never sees the card; it learns of the payment by the provider's event. */
export function CardFields({
  order,
  fields: { publishableKey, clientSecret },
  over,
  off,
  onBusy,
  onDone,
}: PayProps & { fields: { publishableKey: string; clientSecret: string } }) {
  const place = useRef<HTMLDivElement>(null);
  const loaded = useRef<{ stripe: Stripe; elements: StripeElements } | null>(null);
  const [step, setStep] = useState<Step>('loading');
  const [tries, setTries] = useState(0);
  const [trouble, setTrouble] = useState('');
  const { payment: words } = useMessages();
  const refresh = useEffectEvent(onDone);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is another load
  useEffect(() => {
    let left = false;
    const mounted = mount(place.current!, publishableKey, clientSecret, (next) => !left && setStep(next));
    mounted.then(
      (all) => {
        if (!left) loaded.current = all;
      },
      () => !left && setStep('notLoaded'),
    );
    return () => {
      left = true;
      loaded.current = null;
      void mounted.then(({ elements }) => elements.getElement('payment')?.destroy()).catch(() => {});
    };
  }, [publishableKey, clientSecret, tries]);

  useEffect(() => {
    if (step !== 'waiting') return;
    const timer = setInterval(() => void refresh(), jittered(WAITING_POLL_MS));
    return () => clearInterval(timer);
  }, [step]);

  async function confirm(event: FormEvent) {
    event.preventDefault();
    if (!loaded.current || off || over || step !== 'ready') return;
    setTrouble('');
    if (!navigator.onLine) return setTrouble(words.offline);
    setStep('confirming');
    onBusy(true);
    const { stripe, elements } = loaded.current;
    const { error } = await stripe
      .confirmPayment({
        elements,
        confirmParams: { return_url: `${location.origin}/orders/${order.orderId}` },
        redirect: 'if_required',
      })
      .catch((): { error: Pick<StripeError, 'type'> } => ({ error: { type: 'api_connection_error' } }));
    if (!error || isSettledElsewhere(error)) {
      setStep('waiting');
      await onDone();
      return;
    }
    setTrouble(inWords(words, error));
    setStep('ready');
    onBusy(false);
    await onDone();
  }

  const busy = step === 'confirming' || step === 'waiting';
  return (
    <form
      aria-label={words.fields}
      aria-busy={busy || step === 'loading'}
      onSubmit={confirm}
      className="flex flex-col gap-3"
    >
      {step === 'loading' && (
        <p
          role="status"
          className="skeleton flex min-h-40 items-center justify-center bg-night-soft! text-dusk text-sm"
        >
          {words.loading}
        </p>
      )}
      <div ref={place} className={step === 'loading' || step === 'notLoaded' ? 'sr-only' : ''} inert={busy || over} />
      {step === 'notLoaded' ? (
        <Button
          kind="night"
          onClick={() => {
            setStep('loading');
            setTries(tries + 1);
          }}
        >
          {words.again}
        </Button>
      ) : (
        <Button
          type="submit"
          size="large"
          off={over || off || step !== 'ready'}
          className="w-full aria-disabled:border-night-line! aria-disabled:bg-night-soft! aria-disabled:text-dusk!"
        >
          {busy ? words.paying : words.pay(money(order.total, order.currency))}
        </Button>
      )}
      <p
        role="status"
        className={
          trouble || step === 'waiting' || step === 'notLoaded'
            ? 'rounded-xl bg-night-soft px-4 py-3 text-sm'
            : 'sr-only'
        }
      >
        {step === 'waiting' ? words.waiting : step === 'notLoaded' ? words.notLoaded : trouble}
      </p>
    </form>
  );
}

/** Load the provider's script (here and nowhere else), and put its fields into the page. */
async function mount(
  place: HTMLElement,
  publishableKey: string,
  clientSecret: string,
  onStep: (step: 'ready' | 'notLoaded') => void,
): Promise<{ stripe: Stripe; elements: StripeElements }> {
  const { loadStripe } = await import('@stripe/stripe-js/pure');
  const stripe = await loadStripe(publishableKey);
  if (!stripe) throw new Error('there is no window');
  const elements = stripe.elements({ clientSecret, appearance: APPEARANCE });
  const element = elements.create('payment');
  element.on('ready', () => onStep('ready'));
  element.on('loaderror', () => onStep('notLoaded'));
  element.mount(place);
  return { stripe, elements };
}

type Wrong = Pick<StripeError, 'type'> & Partial<StripeError>;

/** The payment has gone further than this page knows: paid in another tab, or cancelled with its hold. The order says which. */
const isSettledElsewhere = ({ code, payment_intent }: Wrong) =>
  code === 'payment_intent_unexpected_state' && payment_intent?.status !== 'requires_payment_method';

/** A refusal in the provider's own words, which are meant for shoppers; of anything else, that it may be tried again. */
function inWords(words: Messages['payment'], { type, message }: Wrong): string {
  if (type === 'validation_error') return ''; // the fields say it themselves
  if (type === 'card_error') return words.declined(message ?? words.declinedPlain);
  return words.unanswered;
}
