import { test } from 'vitest';

/**
 * How much of a proof runs: a sample in `npm test`, the whole in `npm run chaos` (scripts/chaos/tests.ts). The tables of
 * docs/correctness.md and docs/security.md say which run shows which promise.
 */
const WHOLE = process.env.HOLDFAST_EXTENT === 'whole';

/** @returns the size of a proof for this run */
export const extent = <T>({ sample, whole }: { sample: T; whole: T }): T => (WHOLE ? whole : sample);

const none = Object.assign(() => {}, { each: () => () => {} });

/** Registers a test in whole runs only: a variation of one that every run has. */
export const wholeTest: WholeTest = WHOLE ? test : (none as unknown as WholeTest);

type WholeTest = Pick<typeof test, 'each'> &
  ((title: string, run: () => Promise<void> | void, limitMs?: number) => void);
