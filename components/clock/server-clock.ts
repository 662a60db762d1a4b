/**
 * The server's clock, seen from the page. Measured on performance.now(), so that a device clock that is wrong, or changed in
 * mid-sale, moves no countdown; of all samples the one with the shortest round trip is believed.
 */
interface Sample {
  offsetMs: number;
  roundTripMs: number;
  takenAt: number;
}

const SAMPLE_LIFE_MS = 10 * 60_000;

let best: Sample | undefined;

/** @param sentAt, arrivedAt performance.now() around the request */
export function sampleServerClock(serverTime: string, sentAt: number, arrivedAt: number): void {
  const serverMs = Date.parse(serverTime);
  if (Number.isNaN(serverMs)) return;
  const roundTripMs = arrivedAt - sentAt;
  if (best && roundTripMs > best.roundTripMs && arrivedAt - best.takenAt < SAMPLE_LIFE_MS) return;
  best = { offsetMs: serverMs - (sentAt + arrivedAt) / 2, roundTripMs, takenAt: arrivedAt };
}

/** Now by the server's clock, in ms; by the device's before the first answer. */
export function serverNow(): number {
  return best ? performance.now() + best.offsetMs : Date.now();
}

/** After sleep or a lost network the next answer counts, however slow it was. */
function distrust(): void {
  if (best) best.roundTripMs = Number.POSITIVE_INFINITY;
}

if (typeof window !== 'undefined') {
  document.addEventListener('visibilitychange', distrust);
  window.addEventListener('online', distrust);
}
