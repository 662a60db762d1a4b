import { rmSync } from 'node:fs';

const ATTEMPTS = 10;

/** Remove a folder that servers have used, if it is there; tried again while a child of a killed one still writes into it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: ATTEMPTS });
}
