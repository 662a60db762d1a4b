import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Seconds by test file, as `npm test -- --record` last measured them. */
export type Durations = Readonly<Record<string, number>>;

const FILE = 'tests/durations.json';

/** @param root the project's folder */
export function readDurations(root: string): Durations {
  const file = path.join(root, FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Keep the durations of a run; files that it did not run keep theirs, files that are gone are dropped. */
export function recordDurations(root: string, seconds: ReadonlyMap<string, number>): void {
  const known = { ...readDurations(root), ...Object.fromEntries(seconds) };
  const sorted = Object.entries(known)
    .filter(([file]) => existsSync(path.join(root, file)))
    .map(([file, took]) => [file, Math.round(took * 10) / 10] as const)
    .sort(([a, tookA], [b, tookB]) => tookB - tookA || a.localeCompare(b));
  writeFileSync(path.join(root, FILE), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
