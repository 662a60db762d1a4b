import { workerData } from 'node:worker_threads';

// Computes a little, again and again, and notes how long that took in the memory that it shares with tests/support/ruler.ts.

/** A tenth of a core: enough to be sent to the back of the queue when there is one. */
const PIECE_MS = 10;
const EVERY_MS = 100;

const measured = workerData as Float64Array;
const cpuMs = () => process.threadCpuUsage().user / 1_000 + process.threadCpuUsage().system / 1_000;

let dueAt = performance.now();
function measure(): void {
  const beganAt = performance.now();
  const began = cpuMs();
  let computed = 0;
  while (computed < PIECE_MS) computed = cpuMs() - began;
  const took = performance.now() - beganAt;
  measured[0]! += computed;
  measured[1]! += took;
  measured[2] = Math.max(measured[2]!, beganAt - dueAt + took - computed);
  dueAt = performance.now() + EVERY_MS;
  setTimeout(measure, EVERY_MS);
}
measure();
