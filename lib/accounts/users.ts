import { randomUUID } from 'node:crypto';
import { LIMITS } from '#lib/limits.ts';
import { isDuplicate } from '#lib/mongo/duplicate.ts';
import type { Models, Role, UserRecord } from '#lib/mongo/models.ts';

export type User = UserRecord;

/** `full`: the account has been as many guests as one may, and each of them has something. */
export type Adoption = 'adopted' | 'anothers' | 'full';

/** Where something may belong to a guest. */
export type UserModels = Pick<Models, 'users' | 'orders' | 'carts' | 'deliveryDetails'>;

/** Users in MongoDB. Each write is one single-document step; a role or password that changes raises `sessionVersion`. */
export class Users {
  readonly #users: Models['users'];
  readonly #models: UserModels;

  constructor(models: UserModels) {
    this.#users = models.users;
    this.#models = models;
  }

  async byId(id: string): Promise<User | undefined> {
    return (await this.#users.findById(id).lean<User>()) ?? undefined;
  }

  async byEmail(email: string): Promise<User | undefined> {
    return (await this.#users.findOne({ email }).lean<User>()) ?? undefined;
  }

  /** Everybody who has a role in the back room, at most LIMITS.listMax. */
  staff(): Promise<User[]> {
    return this.#users
      .find({ role: { $ne: 'customer' } })
      .sort({ email: 1 })
      .limit(LIMITS.listMax)
      .lean<User[]>();
  }

  /** @returns false when the e-mail address has an account already, which stays as it is */
  async insert(user: Pick<User, 'email' | 'passwordHash' | 'role' | 'demo'>): Promise<boolean> {
    const record = {
      _id: `account-${randomUUID()}`,
      sessionVersion: 1,
      sessions: [],
      guests: [],
      createdAt: new Date(),
    };
    try {
      await this.#users.create({ ...record, ...user });
      return true;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return false;
    }
  }

  /** A session begins; the oldest one ends when there would be too many. */
  async beginSession(id: string, session: User['sessions'][number]): Promise<void> {
    const sessions = { $each: [session], $slice: -LIMITS.sessionsPerAccount };
    await this.#users.updateOne({ _id: id }, { $push: { sessions } });
  }

  async endSession(id: string, sessionId: string): Promise<void> {
    await this.#users.updateOne({ _id: id }, { $pull: { sessions: { id: sessionId } } });
  }

  /**
   * Read a guest's carts and orders as one's own. A guest that another account has been stays with that account; guests that have
   * nothing make room for one more.
   */
  async adopt(id: string, guest: string): Promise<Adoption> {
    await this.#keep(guest); // first: what an account has is never forgotten, whatever interrupts this
    if (!(await this.#push(id, guest))) {
      await this.#dropIdle(id);
      await this.#push(id, guest);
    }
    const owner = await this.#users.findOne({ guests: guest }).select('_id').lean<Pick<User, '_id'>>();
    if (!owner) return 'full';
    return owner._id === id ? 'adopted' : 'anothers';
  }

  /** @returns those guests that are some account's */
  async adoptedOf(guests: readonly string[]): Promise<Set<string>> {
    const owners = await this.#users
      .find({ guests: { $in: [...guests] } })
      .select('guests')
      .lean<Pick<User, 'guests'>[]>();
    return new Set(owners.flatMap((owner) => owner.guests));
  }

  /** A guest's things are not a guest's alone any more. */
  async #keep(guest: string): Promise<void> {
    const { carts, deliveryDetails } = this.#models;
    const kept = { $unset: { guest: true } } as const;
    await Promise.all([carts.updateMany({ customer: guest }, kept), deliveryDetails.updateOne({ _id: guest }, kept)]);
  }

  /** @returns false when there was no room */
  async #push(id: string, guest: string): Promise<boolean> {
    const room = { [`guests.${LIMITS.guestsPerAccount - 1}`]: { $exists: false } };
    try {
      const { matchedCount } = await this.#users.updateOne(
        { _id: id, $or: [{ guests: guest }, room] },
        { $addToSet: { guests: guest } },
      );
      return matchedCount === 1;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return true; // it is another's
    }
  }

  /** Let go of the guests who have neither orders nor carts nor delivery details. */
  async #dropIdle(id: string): Promise<void> {
    const guests = (await this.byId(id))?.guests ?? [];
    const { orders, carts, deliveryDetails } = this.#models;
    const busy = await Promise.all([
      orders.distinct('customer', { customer: { $in: guests } }),
      carts.distinct('customer', { customer: { $in: guests } }),
      deliveryDetails.distinct('_id', { _id: { $in: guests } }),
    ]);
    const kept = new Set<string>(busy.flat());
    await this.#users.updateOne({ _id: id }, { $pull: { guests: { $in: guests.filter((one) => !kept.has(one)) } } });
  }

  /** Replace the password and end every session but one. @returns the user now, or undefined when the old hash was not theirs any more */
  async changePassword(
    { _id, passwordHash }: Pick<User, '_id' | 'passwordHash'>,
    newHash: string,
    keep: User['sessions'][number],
  ): Promise<User | undefined> {
    const changed = await this.#users
      .findOneAndUpdate(
        { _id, passwordHash },
        { $set: { passwordHash: newHash, sessions: [keep] }, $inc: { sessionVersion: 1 } },
        { returnDocument: 'after' },
      )
      .lean<User>();
    return changed ?? undefined;
  }

  /**
   * Give an account a role; its sessions end.
   * @param passwordHash a new password's, with which a demo account stops being one; without it the account keeps its own
   * @returns whether there is such an account
   */
  async setRole(email: string, role: Role, passwordHash?: string): Promise<boolean> {
    const { matchedCount } = await this.#users.updateOne(
      { email },
      {
        $set: { role, sessions: [], ...(passwordHash !== undefined && { passwordHash }) },
        $inc: { sessionVersion: 1 },
        ...(passwordHash !== undefined && { $unset: { demo: true } }),
      },
    );
    return matchedCount === 1;
  }

  /** Write a demo account with its documented password, whatever became of it. */
  async writeDemo({ email, passwordHash, role }: Pick<User, 'email' | 'passwordHash' | 'role'>): Promise<void> {
    const made = await this.insert({ email, passwordHash, role, demo: true });
    if (!made) await this.#users.updateOne({ email, demo: true }, { $set: { passwordHash, role } });
  }

  /**
   * Delete all that an account is: what stays is a record by which nobody is known or let in, of the guests it was, so that no
   * copy of their cookies opens their orders again.
   * @returns false when the hash was not theirs any more: nothing is deleted
   */
  async erase({ _id, passwordHash }: Pick<User, '_id' | 'passwordHash'>): Promise<boolean> {
    const { modifiedCount } = await this.#users.updateOne(
      { _id, passwordHash },
      {
        $set: { email: `deleted ${_id}`, passwordHash: NO_HASH, role: 'customer', sessions: [] },
        $inc: { sessionVersion: 1 },
        $unset: { demo: true },
      },
    );
    return modifiedCount === 1;
  }
}

/** Stands where a deleted account's hash was; nobody can sign in with that account's e-mail address, which is none. */
const NO_HASH = 'none';
