/** What is read of a trace's event; its times are in microseconds. */
export interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  /** Of the processor alone, without waiting for a core. */
  tdur?: number;
}

const TASKS = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);
/** A task blocks by what it is longer than this (https://web.dev/articles/tbt). */
const LONG_MS = 50;

/**
 * Total Blocking Time as if the page's thread had never waited for a core that other processes had: Lighthouse's own counts that
 * too. Of tasks that begin after the first contentful paint.
 * @param slowdown how many times slower the phone is
 * @returns whole milliseconds
 */
export function ownBlockingTime(events: readonly TraceEvent[], slowdown: number): number {
  const painted = events.findLast(({ name }) => name === 'firstContentfulPaint');
  if (!painted) throw new Error('the trace has no first contentful paint');
  const tasks = events.filter(
    ({ name, pid, tid, ts }) => TASKS.has(name) && pid === painted.pid && tid === painted.tid && ts >= painted.ts,
  );
  if (!tasks.some(({ tdur }) => tdur)) throw new Error("the trace does not tell the processor's time");
  const blocking = tasks.map(({ tdur = 0 }) => Math.max(0, (tdur / 1_000) * slowdown - LONG_MS));
  return Math.round(blocking.reduce((sum, ms) => sum + ms, 0));
}
