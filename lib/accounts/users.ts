import { randomUUID } from 'node:crypto';
import { LIMITS } from '#lib/limits.ts';
import { isDuplicate } from '#lib/mongo/duplicate.ts';
import type { Models, Role, UserRecord } from '#lib/mongo/models.ts';

export type User = UserRecord;

/** Users in MongoDB. Each call is one single-document step; a role or password that changes raises `sessionVersion`. */
export class Users {
  readonly #users: Models['users'];

  constructor({ users }: Pick<Models, 'users'>) {
    this.#users = users;
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

  /** Read a guest's carts and orders as one's own. A guest that another account has been stays with that account. */
  async adopt(id: string, guest: string): Promise<void> {
    const room = { [`guests.${LIMITS.guestsPerAccount - 1}`]: { $exists: false } };
    await this.#users
      .updateOne({ _id: id, guests: { $ne: guest }, ...room }, { $push: { guests: guest } })
      .catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
      });
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

  /** @returns whether there is such an account; its sessions end */
  async setRole(email: string, role: Role): Promise<boolean> {
    const ended = { $set: { role, sessions: [] }, $inc: { sessionVersion: 1 } };
    return (await this.#users.updateOne({ email }, ended)).matchedCount === 1;
  }

  /** Write a demo account with its documented password, whatever became of it. */
  async writeDemo({ email, passwordHash, role }: Pick<User, 'email' | 'passwordHash' | 'role'>): Promise<void> {
    const made = await this.insert({ email, passwordHash, role, demo: true });
    if (!made) await this.#users.updateOne({ email, demo: true }, { $set: { passwordHash, role } });
  }

  /** @returns false when the hash was not theirs any more: nothing is deleted */
  async erase({ _id, passwordHash }: Pick<User, '_id' | 'passwordHash'>): Promise<boolean> {
    return (await this.#users.deleteOne({ _id, passwordHash })).deletedCount === 1;
  }
}
