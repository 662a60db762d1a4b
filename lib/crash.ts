import { writeSync } from 'node:fs';
import { env } from '#lib/env.ts';

/** The named steps between which a process may die; tests kill it there (see tests/chaos). */
export type CrashPoint =
  | 'after_reserve'
  | 'after_insert'
  | 'after_inbox'
  | 'after_paid'
  | 'after_cancel'
  | 'mid_sweep'
  | 'after_authorise'
  | 'before_refund'
  | 'after_refund';

/** Kill this process, as a power cut would, if it runs under test and was told to die here. */
export function crashPoint(name: CrashPoint): void {
  if (env().HOLDFAST_TEST !== '1' || env().CRASH_AT !== name) return;
  writeSync(2, `crash point reached: ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
}
