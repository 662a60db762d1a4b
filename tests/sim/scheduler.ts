import type { Random } from './random.ts';

/** One process of the simulated world, as far as the scheduler sees it: it may crash, and it may be paused. */
export interface Actor {
  name: string;
  alive: boolean;
  asleepUntil: number;
}

interface Pending {
  actor: Actor;
  what: string;
  op: () => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: Error) => void;
  /** Its first answer was lost, and its client sends it again. */
  again?: boolean;
}

/** The error that a caller sees when an answer never came: nobody knows whether the step happened. */
export class NoAnswerError extends Error {
  override name = 'MongoNetworkError';
}

export type Lost = 'lost request' | 'lost reply' | 're-sent command';

/** Whose clients send a command again whose reply was lost: the driver of Redis, and whoever asks the provider. */
const RESENT = /^(redis|bank)\./;

/**
 * Runs asynchronous code one atomic step at a time. Code under test calls `step`; the scheduler picks which waiting step comes
 * next, by its seed, and lets everything that follows from it run until it waits again.
 */
export class Scheduler {
  readonly random: Random;
  readonly history: string[] = [];
  /** Whose step is being done. */
  acting: Actor | undefined;
  /** What the last step was called. */
  last = '';
  /** How often a request was lost; or its reply; or its reply, whereupon the client sent it again. */
  readonly lost: Record<Lost, number> = { 'lost request': 0, 'lost reply': 0, 're-sent command': 0 };
  /** Steps done so far. */
  steps = 0;
  readonly #recording: boolean;
  #waiting: Pending[] = [];
  /** Whether anybody may be asleep. */
  #asleep = false;

  /** @param recording keep the history: a failing seed is run again for it */
  constructor(random: Random, recording: boolean) {
    this.random = random;
    this.#recording = recording;
  }

  /** Wait for the scheduler's turn, then do `op` at once. */
  step<T>(actor: Actor, what: string, op: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (actor.alive) this.#waiting.push({ actor, what, op, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Whether anybody waits, asleep or not. */
  get busy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Those who wait. */
  actors(): Actor[] {
    return [...new Set(this.#waiting.map(({ actor }) => actor))];
  }

  /** What somebody waits to do. */
  nextOf(actor: Actor): string | undefined {
    return this.#waiting.find((pending) => pending.actor === actor)?.what;
  }

  pause(actor: Actor, steps: number): void {
    actor.asleepUntil = this.steps + steps;
    this.#asleep = true;
  }

  /** Whoever sleeps goes on. */
  wake(): void {
    for (const { actor } of this.#waiting) actor.asleepUntil = 0;
    this.#asleep = false;
  }

  crash(actor: Actor): void {
    actor.alive = false;
    this.#waiting = this.#waiting.filter((pending) => pending.actor !== actor);
    this.note(actor, 'CRASH');
  }

  note(actor: Actor | undefined, what: string): void {
    if (this.#recording)
      this.history.push(`${String(this.steps).padStart(4)} ${(actor?.name ?? 'world').padEnd(14)} ${what}`);
  }

  /**
   * Do one waiting step.
   * @param lose the probability that its answer is lost: before or after it happened
   * @returns false when nobody could go on
   */
  async turn(lose: number): Promise<boolean> {
    this.steps += 1;
    const able = this.#asleep ? this.#waiting.filter(({ actor }) => actor.asleepUntil <= this.steps) : this.#waiting;
    if (able.length === 0) return false;
    const pending = this.random.pick(able);
    this.#waiting.splice(this.#waiting.indexOf(pending), 1);
    this.#do(pending, lose > 0 && this.random.chance(lose) ? this.#fate(pending) : undefined);
    for (let tick = 0; tick < TICKS; tick++) await undefined;
    return true;
  }

  #fate({ what, again }: Pending): Lost {
    const fate = this.random.pick<Lost>(['lost request', 'lost reply', 're-sent command']);
    const lost = fate === 're-sent command' && (again || !RESENT.test(what)) ? 'lost reply' : fate;
    this.lost[lost] += 1;
    return lost;
  }

  #do(pending: Pending, lost: Lost | undefined): void {
    const { actor, what, op, resolve, reject } = pending;
    if (lost === 'lost request') {
      this.note(actor, `${what} LOST REQUEST`);
      reject(new NoAnswerError(what));
      return;
    }
    this.acting = actor;
    this.last = what;
    const result = op();
    if (this.#recording) this.note(actor, `${what}${lost ? ` ${lost.toUpperCase()}` : ''} ${outline(result)}`);
    if (lost === 're-sent command') this.#waiting.push({ ...pending, again: true });
    else if (lost || result instanceof NoAnswerError) reject(new NoAnswerError(what));
    else resolve(result);
  }
}

/**
 * How long the code that got its answer may run before the next step is picked: enough to reach its own next step. Code that
 * needs longer is simply picked later; the history is the same for the same seed either way.
 */
const TICKS = 16;

function outline(result: unknown): string {
  if (typeof result !== 'object' || result === null) return result === undefined ? '' : String(result);
  const { status, orderId } = result as { status?: string; orderId?: string };
  return (
    [status, orderId?.slice(0, 4)].filter(Boolean).join(' ') || (Array.isArray(result) ? `[${result.length}]` : '')
  );
}
