import { randomInt } from 'node:crypto';
import { isPortFree } from '#scripts/services/ports.ts';

/**
 * A free port below those that a system gives to outgoing connections: until a process listens on it, and while one is
 * down between a kill and its restart, no connection of another test takes it.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await isPortFree(port)) return port;
  }
}
