/** Everything runs in its whole size, as under `npm run chaos`. */
export const WHOLE = process.env.HOLDFAST_EXTENT === 'whole';

/**
 * How much of a proof runs: a sample in `npm test`, the whole in `npm run chaos -- tests`. docs/testing.md says which run shows
 * which promise.
 * @returns the size of a proof for this run
 */
export const extent = <T>({ sample, whole }: { sample: T; whole: T }): T => (WHOLE ? whole : sample);
