import type { ProductAnswer } from '#lib/contract.ts';

/** What a shopper may honestly be told about a product's stock. */
export type Stock =
  | { state: 'available'; left: number; held: number }
  | { state: 'allHeld'; held: number }
  | { state: 'soldOut'; sold: number }
  | { state: 'notMinted' }
  | { state: 'restoring' };

export function stockOf({ available, held, sold }: ProductAnswer): Stock {
  if (available === null || held === null || sold === null) return { state: 'restoring' };
  if (available > 0) return { state: 'available', left: available, held };
  if (held > 0) return { state: 'allHeld', held };
  return sold > 0 ? { state: 'soldOut', sold } : { state: 'notMinted' };
}
