import { Worker } from 'node:worker_threads';
import { beforeEach } from 'vitest';
import { extent } from '#tests/support/extent.ts';

/** Measures how much of a core this machine has left for whoever wants one. */
export interface Ruler {
  /**
   * What a time that is promised of a machine with a core to spare comes to on this one: as much longer as computing took
   * here meanwhile, and by the longest time that somebody stood in the queue for a core; never more than MAX_STRETCH times it.
   */
  allowed(promisedMs: number): number;
}

/**
 * A machine that is slower still shows nothing of a shop. Under `npm test` other tests run beside a measured one, so a promise
 * in seconds is held to only where it is missed by far; `npm run chaos` measures alone.
 */
const MAX_STRETCH = extent({ sample: 10, whole: 3 });

/** A ruler that measures anew during each test of a file, from before its first hook. */
export function ruler(): Ruler {
  /** Ms that the thread has computed, ms that this took, and the longest wait for a core in ms. */
  let measured: Float64Array;
  beforeEach(() => {
    measured = new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
    const thread = new Worker(new URL('./ruler-thread.ts', import.meta.url), { workerData: measured });
    return async () => void (await thread.terminate());
  });
  return {
    allowed(promisedMs) {
      const [computed = 0, took = 0, waited = 0] = measured;
      if (computed === 0) throw new Error('the ruler has not measured anything yet');
      return Math.min(promisedMs * Math.max(1, took / computed) + waited, promisedMs * MAX_STRETCH);
    },
  };
}
