/**
 * The part of a matrix that a test run covers: a sample in `npm test`, everything when HOLDFAST_EXTENT is `whole`.
 * @returns `whole` in a whole run, `sample` otherwise
 */
export const extent = <T>({ sample, whole }: { sample: T; whole: T }): T =>
  process.env.HOLDFAST_EXTENT === 'whole' ? whole : sample;
