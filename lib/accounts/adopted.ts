import type { Users } from '#lib/accounts/users.ts';
import { LIMITS } from '#lib/limits.ts';
import { batched } from '#lib/mongo/batch.ts';

/**
 * Which guests have become an account's: their cookies name nobody any more, whoever has a copy. Looked up for many guests at
 * once and remembered for a moment, since each call of a guest asks.
 */
export class AdoptedGuests {
  readonly #known = new Map<string, { adopted: boolean; freshUntil: number }>();
  readonly #look: (guest: string) => Promise<boolean>;

  constructor(users: Users) {
    this.#look = batched(async (guests) => {
      const adopted = await users.adoptedOf(guests);
      return guests.map((guest) => ({ status: 'fulfilled', value: adopted.has(guest) }));
    });
  }

  /** @param fresh look now; otherwise the answer may be LIMITS.sessionCacheMs old */
  async has(guest: string, { fresh }: { fresh: boolean }): Promise<boolean> {
    const known = this.#known.get(guest);
    if (!fresh && known && performance.now() < known.freshUntil) return known.adopted;
    const freshUntil = performance.now() + LIMITS.sessionCacheMs; // from before the look
    const adopted = await this.#look(guest);
    this.#known.delete(guest); // so that the oldest stay first
    this.#known.set(guest, { adopted, freshUntil });
    const oldest = this.#known.size > LIMITS.guestsCached ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
    return adopted;
  }

  /** An account may just have adopted a guest: this process looks anew. Others do so within LIMITS.sessionCacheMs. */
  forget(guest: string): void {
    this.#known.delete(guest);
  }
}
