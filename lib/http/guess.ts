import { neighbourhood } from '#lib/http/address.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import type { Exceeded } from '#lib/rates/index.ts';

/**
 * Try an admin key, unless too many wrong ones came from that address: then not even the right one is heard, or a guesser
 * would learn it all the same. Whoever is signed in as the merchant stays it.
 * @param check compares in constant time
 */
export function tryKey(
  { rates }: Pick<HoldfastProcess, 'rates'>,
  address: string,
  check: () => boolean,
): 'right' | 'wrong' | Exceeded {
  const caller = { address: neighbourhood(address) };
  const exceeded = rates.look('guess', caller);
  if (exceeded) return exceeded;
  if (check()) return 'right';
  rates.take('guess', caller);
  return 'wrong';
}
