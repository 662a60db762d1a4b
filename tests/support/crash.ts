import { expect } from 'vitest';
import type { CrashPoint } from '#lib/crash.ts';
import type { Running } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';

/** The process has died where it was told to, as in a power cut. */
export async function expectDied(doomed: Running, at: CrashPoint): Promise<void> {
  await until(() => doomed.process.signalCode, { what: `it dies at ${at}` });
  expect(await doomed.exit).toEqual({ code: null, signal: 'SIGKILL' });
  expect(doomed.output()).toContain(`crash point reached: ${at}\n`);
}
