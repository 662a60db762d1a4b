import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for the data of a Redis or MongoDB that a test starts: in memory under `npm test` (scripts/test/scratch.ts). */
export const serviceFolder = (name: string): string =>
  mkdtempSync(join(process.env.HOLDFAST_SCRATCH || tmpdir(), `holdfast-${name}-`));
