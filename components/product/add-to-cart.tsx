'use client';

import { useState } from 'react';
import { addToCart, useCart } from '#components/cart/use-cart.ts';
import { useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import type { ProductAnswer } from '#lib/contract.ts';

/** Put units into the cart: allowed at any time, since a cart holds nothing back. */
export function AddToCart({ product, quantity }: { product: ProductAnswer; quantity: number }) {
  const messages = useMessages();
  const { cart } = useCart();
  const [step, setStep] = useState<'idle' | 'adding' | 'added' | 'failed'>('idle');
  const inCart = cart?.items.find(({ productId }) => productId === product.productId)?.quantity ?? 0;

  async function add() {
    setStep('adding');
    try {
      await addToCart(product.productId, quantity);
      setStep('added');
    } catch {
      setStep('failed');
    }
  }

  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <Button kind="secondary" off={step === 'adding'} onClick={add} className="flex-1">
        {messages.product.toCart}
      </Button>
      <p role="status" className={inCart > 0 || step === 'failed' ? 'text-sm' : 'sr-only'}>
        {step === 'failed'
          ? messages.refused.other
          : inCart > 0 && (
              <Link href="/cart" className="underline decoration-edge underline-offset-4 hover:decoration-ink">
                {messages.product.inCart(inCart)}
              </Link>
            )}
      </p>
    </div>
  );
}
