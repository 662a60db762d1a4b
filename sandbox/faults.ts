import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';

const rate = z.number().min(0).max(1).default(0);
const ms = (fallback: number) => z.int().min(0).max(600_000).default(fallback);
const count = (most: number, fallback = 0) => z.int().min(0).max(most).default(fallback);

/** What goes wrong at the bank. A rate is the share of payments, or of API calls, that it strikes: 0 = none, 1 = all. */
export const faultSettings = z.strictObject({
  /** The same seed strikes the same payments. */
  seed: z.int().default(1),
  /** Payments: no webhook ever · the payer's choice told after `lateMs` · each webhook `copies` times at once · the last one first. */
  silent: rate,
  late: rate,
  lateMs: ms(5_000),
  duplicate: rate,
  copies: count(LIMITS.bankWebhookCopies, 20),
  shuffled: rate,
  /** Payments: declined at first · approved twice, as two payments · of another sum, or currency, than was asked for · captured at once, unasked. */
  declining: rate,
  doublePaying: rate,
  wrongAmount: rate,
  wrongCurrency: rate,
  capturing: rate,
  /** API calls: answered after `slowMs` · 503 or hung up on, and nothing is done · done, and hung up on. */
  slow: rate,
  slowMs: ms(1_000),
  down: rate,
  replyLost: rate,
  /** API calls that begin a payment: the idempotency key is forgotten. */
  forgetKeys: rate,
  /** The next so many API calls, or voids and refunds, are refused. */
  downNext: count(1_000_000),
  refundsDownNext: count(1_000_000),
});

export type FaultSettings = z.infer<typeof faultSettings>;
/** What can strike a payment; the payer may choose these on the page too. */
export const PAYMENT_FAULTS = [
  'silent',
  'late',
  'duplicate',
  'shuffled',
  'doublePaying',
  'wrongAmount',
  'wrongCurrency',
  'capturing',
] as const;
export type PaymentFault = (typeof PAYMENT_FAULTS)[number];
type Rate = PaymentFault | 'declining' | 'slow' | 'down' | 'replyLost' | 'forgetKeys';
type Countdown = 'downNext' | 'refundsDownNext';

/** The bank's faults, settable while it runs, and how often each has struck. */
export class Faults {
  #settings: FaultSettings;
  readonly #struck: Partial<Record<Rate | Countdown, number>> = {};
  #calls = 0;

  constructor(settings: FaultSettings) {
    this.#settings = settings;
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  get struck(): Partial<Record<Rate | Countdown, number>> {
    return this.#struck;
  }

  set(settings: FaultSettings): void {
    this.#settings = settings;
  }

  /** Whether a fault strikes a payment: always the same answer for the same seed and payment. */
  strikes(fault: PaymentFault | 'declining', paymentId: string): boolean {
    return this.#draw(fault, paymentId);
  }

  /** Whether a fault strikes the API call that is being made: another draw each time. */
  strikesCall(fault: 'slow' | 'down' | 'replyLost' | 'forgetKeys'): boolean {
    return this.#draw(fault, String(this.#calls++));
  }

  /** Whether this call is one of the next ones that are refused. */
  countsDown(countdown: Countdown): boolean {
    const left = this.#settings[countdown];
    if (left === 0) return false;
    this.#settings = { ...this.#settings, [countdown]: left - 1 };
    this.note(countdown);
    return true;
  }

  note(fault: Rate | Countdown): void {
    this.#struck[fault] = (this.#struck[fault] ?? 0) + 1;
  }

  #draw(fault: Rate, subject: string): boolean {
    const share = this.#settings[fault];
    if (share === 0) return false;
    const hash = createHash('sha256').update(`${this.#settings.seed} ${fault} ${subject}`).digest();
    if (hash.readUInt32BE() / 2 ** 32 >= share) return false;
    this.note(fault);
    return true;
  }
}

/**
 * Read settings as they stand in an environment variable: `name=number`, separated by commas.
 * @throws {z.ZodError} when a name is unknown or a number out of its bounds
 */
export function parseFaults(text: string): FaultSettings {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter(Boolean)
    .map((pair): [string, number] => {
      const [name = '', value = ''] = pair.split('=', 2);
      return [name.trim(), value.trim() === '' ? Number.NaN : Number(value)];
    });
  return faultSettings.parse(Object.fromEntries(pairs));
}
