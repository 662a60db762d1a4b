import cluster from 'node:cluster';
import { createServer } from 'node:http';

/**
 * Some supervised processes for tests/worker/web-processes.test.ts.
 * LIMITS: the supervisor's, as JSON. SERVING: so many of the first processes serve, any later one ends at once with FAILURE.
 */
const { LIMITS, SERVING, FAILURE } = process.env;
const limits = JSON.parse(LIMITS!);
if (cluster.isPrimary) {
  const { superviseProcesses } = await import('#lib/web-processes.ts'); // the other processes start faster without it
  superviseProcesses(2, limits);
} else if (cluster.worker!.id > Number(SERVING)) {
  process.exit(Number(FAILURE));
} else {
  createServer().listen(0, '127.0.0.1', () => {
    // The supervisor hears of it a little later than this process.
    setTimeout(() => process.stdout.write(`serves for long: ${process.pid}.\n`), limits.shortLifeMs + 200);
  });
}
