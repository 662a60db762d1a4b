import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import type { Models, SandboxWebhookRecord } from '#lib/mongo/models.ts';
import { type BankPayment, type Books, SIGNATURE_HEADER, sign, wire } from '#lib/payments/index.ts';

interface Post {
  books: Books;
  models: Pick<Models, 'sandboxWebhooks'>;
  secret: string;
  /** Where the shop hears webhooks. */
  url: string;
}

/** In a shuffled delivery what came first is told last: this much later than what came after it. */
const SHUFFLED_MS: Partial<Record<string, number>> = { declined: 1_500, authorized: 750, failed: 750 };
const FIRST_PAUSE_MS = 250;

/**
 * The bank's outbox: signed webhooks, stored before they are sent and sent until the shop has said 2xx to each copy. What a
 * process did not get to is taken up by the next one, since payments remember that they were not announced.
 */
export class Webhooks {
  readonly #post: Post;
  readonly #rows: Models['sandboxWebhooks']['collection'];
  readonly #sending = new Map<string, Promise<void>>();
  readonly #stopped = new AbortController();
  #wake = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(post: Post) {
    this.#post = post;
    this.#rows = post.models.sandboxWebhooks.collection;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Something may be due. */
  wake(): void {
    this.#wake.abort();
  }

  /** Nothing new is sent; what is being sent may end. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.wake();
    await this.#loop;
    await Promise.all(this.#sending.values());
  }

  /** How many webhooks the shop has not acknowledged yet. */
  async waiting(): Promise<number> {
    const unannounced = await this.#post.books.unannounced(LIMITS.bankPage);
    return unannounced.length + (await this.#rows.countDocuments({ done: false }));
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#wake = new AbortController();
      await this.#round().catch((err: unknown) => log().warn({ err }, 'webhooks wait: MongoDB cannot be asked'));
      await pause(LIMITS.bankLookMs, undefined, { signal: this.#wake.signal }).catch(() => {});
    }
  }

  async #round(): Promise<void> {
    const payments = await this.#post.books.unannounced(LIMITS.bankPage);
    if (payments.length > 0) {
      await this.#announce(payments.flatMap(webhooksOf));
      await this.#post.books.noteAnnounced(payments);
    }
    const free = LIMITS.bankWebhooksAtOnce - this.#sending.size;
    if (free <= 0) return;
    const due = (await this.#rows
      .find({ done: false, dueAt: { $lte: new Date() }, _id: { $nin: [...this.#sending.keys()] as never[] } })
      .sort({ dueAt: 1 })
      .limit(free)
      .toArray()) as unknown as SandboxWebhookRecord[];
    for (const row of due) {
      const sending = this.#send(row)
        .catch((err: unknown) => log().warn({ err, eventId: row._id }, 'a webhook was sent, but that is not on record'))
        .finally(() => {
          this.#sending.delete(row._id);
          this.wake();
        });
      this.#sending.set(row._id, sending);
    }
  }

  /** Put webhooks into the outbox, unless they are there. */
  async #announce(rows: SandboxWebhookRecord[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#rows.bulkWrite(
      rows.map(({ _id, ...row }) => ({
        updateOne: { filter: { _id: _id as never }, update: { $setOnInsert: row }, upsert: true },
      })),
      { ordered: false },
    );
  }

  async #send({ _id, body, copies, attempts }: SandboxWebhookRecord): Promise<void> {
    const answers = await Promise.all(Array.from({ length: copies }, () => this.#sendOnce(body)));
    const refused = answers.filter((answer) => answer !== 'acknowledged');
    const done = refused.length === 0 || attempts + 1 >= LIMITS.bankWebhookAttempts;
    if (refused.length > 0) log().info({ eventId: _id, attempts, why: refused[0] }, done ? 'given up' : 'not heard');
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** attempts, LIMITS.bankWebhookPauseMs);
    await this.#rows.updateOne(
      { _id: _id as never },
      { $set: { done, dueAt: new Date(Date.now() + pauseMs) }, $inc: { attempts: 1 } },
    );
  }

  /** @returns `acknowledged`, or why not */
  async #sendOnce(body: string): Promise<string> {
    const { url, secret } = this.#post;
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          [SIGNATURE_HEADER]: sign(body, secret, Math.floor(Date.now() / 1000)),
        },
        redirect: 'error',
        signal: AbortSignal.timeout(LIMITS.bankWebhookMs),
      });
      await response.body?.cancel();
      return response.ok ? 'acknowledged' : `answered ${response.status}`;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }
}

/** A webhook for each entry of a payment's ledger, as late and as often as it is to be sent. */
function webhooksOf(payment: BankPayment): SandboxWebhookRecord[] {
  const { silent, copies = 1, lateMs = 0, shuffled } = payment.delivery ?? {};
  if (silent) return [];
  return payment.entries.map(({ kind }, at) => {
    const event = wire.eventOf(payment, at);
    const waitMs =
      (kind === 'authorized' || kind === 'failed' ? lateMs : 0) + (shuffled ? (SHUFFLED_MS[kind] ?? 0) : 0);
    const dueAt = new Date(Date.now() + waitMs);
    return { _id: event.eventId, body: wire.toBody(event), copies, dueAt, attempts: 0, done: false };
  });
}
