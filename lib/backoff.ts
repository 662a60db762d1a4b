import { LIMITS } from '#lib/limits.ts';

/**
 * How long a step that failed is left alone: 2 s after the first try, twice as long after each further one.
 * @param attempts tries so far, at least 1
 * @param mostMs the longest pause
 */
export function backoffMs(attempts: number, mostMs: number = LIMITS.paymentPauseMs): number {
  return Math.min(1_000 * 2 ** Math.min(attempts, 20), mostMs);
}
