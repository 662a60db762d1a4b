'use client';

import useSWR, { mutate } from 'swr';
import { ApiProblem, call } from '#components/api.ts';
import { knownShopper, storedCart } from '#components/cart/stored-cart.ts';
import type { CartAnswer } from '#lib/contract.ts';

const cartPath = (cartId: string) => `/api/cart/${encodeURIComponent(cartId)}`;
const isGone = (problem: unknown) =>
  problem instanceof ApiProblem && (problem.code === 'CART_CLOSED' || problem.code === 'NOT_FOUND');

/** The shopper's cart, or undefined while there is none. One that was all bought gives way to a new one behind the scenes. */
export function useCart() {
  const stored = storedCart.use();
  const { data, error, isLoading } = useSWR<CartAnswer | null, ApiProblem>(
    stored ? cartPath(stored.cartId) : null,
    () => currentCart(),
    {
      shouldRetryOnError: (problem: ApiProblem) => problem.passing,
    },
  );
  const cart = data ?? undefined;
  const things = cart?.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
  return { cart, things, problem: error, isLoading: isLoading && !cart };
}

/** Put units into the cart; makes one if need be. Stock is untouched. */
export async function addToCart(productId: string, quantity: number): Promise<CartAnswer> {
  const cartId = storedCart.read()?.cartId ?? (await newCart());
  const add = (id: string) =>
    call<CartAnswer>('/api/cart/add', { method: 'POST', body: { cartId: id, productId, quantity } });
  const cart = await add(cartId).catch(async (problem) => {
    if (!isGone(problem)) throw problem;
    const current = await currentCart();
    return add(current?.cartId ?? (await newCart()));
  });
  await show(cart);
  return cart;
}

let changes: Promise<unknown> = Promise.resolve();

/** Set how many of a product the cart has; 0 removes it. The page shows it at once and takes it back if the shop refuses. */
export async function setQuantity(cart: CartAnswer, productId: string, quantity: number): Promise<void> {
  const path = cartPath(cart.cartId);
  const items = cart.items
    .map((line) => (line.productId === productId ? { ...line, quantity } : line))
    .filter((line) => line.quantity > 0);
  const send = () => call<CartAnswer>(path, { method: 'PATCH', body: { productId, quantity } });
  const change = changes.then(send, send); // one after the other: quick taps must not overtake each other
  changes = change;
  change.catch(() => {
    if (changes === change) changes = Promise.resolve(); // the page shows the cart without it again
  });
  await mutate(path, change, { optimisticData: { ...cart, items }, rollbackOnError: true, revalidate: false });
}

/** When the shop knows the cart as the page shows it; rejects when it refuses a change that is on its way. */
export const cartSettled = (): Promise<unknown> => changes;

const show = (cart: CartAnswer) => mutate(cartPath(cart.cartId), cart, { revalidate: false });

async function newCart(): Promise<string> {
  knownShopper.write(true);
  const cart = await call<CartAnswer>('/api/cart', { method: 'POST', body: {} });
  storedCart.write({ cartId: cart.cartId, orders: {} });
  return cart.cartId;
}

/** The stored cart as the shop knows it. One that is missing, or closed because all of it was bought, is forgotten. */
async function currentCart(): Promise<CartAnswer | null> {
  const stored = storedCart.read();
  if (!stored) return null;
  try {
    const cart = await call<CartAnswer>(cartPath(stored.cartId));
    if (cart.status === 'open') return cart;
  } catch (problem) {
    if (!isGone(problem)) throw problem;
  }
  if (storedCart.read()?.cartId === stored.cartId) storedCart.write(null);
  return null;
}
