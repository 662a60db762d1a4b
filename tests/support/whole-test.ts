import { test } from 'vitest';
import { WHOLE } from '#tests/support/extent.ts';

const none = Object.assign(() => {}, { each: () => () => {} });

/** Registers a test in whole runs only: a variation of one that every run has. */
export const wholeTest: WholeTest = WHOLE ? test : (none as unknown as WholeTest);

type WholeTest = Pick<typeof test, 'each'> &
  ((title: string, run: () => Promise<void> | void, limitMs?: number) => void);
