import { LIMITS } from '#lib/limits.ts';

/**
 * Gather single calls of one turn of the event loop into one call for many.
 * @param many gets up to LIMITS.batchSize inputs and answers one settled result for each, in their order
 * @returns the call for one, which waits for its own result
 */
export function batched<In, Out>(
  many: (inputs: In[]) => Promise<PromiseSettledResult<Out>[]>,
): (input: In) => Promise<Out> {
  let waiting: { input: In; resolve: (out: Out) => void; reject: (reason: unknown) => void }[] = [];

  const flush = () => {
    const batch = waiting;
    waiting = [];
    for (let at = 0; at < batch.length; at += LIMITS.batchSize) void send(batch.slice(at, at + LIMITS.batchSize));
  };
  const send = async (part: typeof waiting) => {
    try {
      const results = await many(part.map(({ input }) => input));
      part.forEach(({ resolve, reject }, i) => {
        const result = results[i];
        if (result?.status === 'fulfilled') resolve(result.value);
        else reject(result?.reason ?? new Error('a batch answered too few results'));
      });
    } catch (error) {
      for (const { reject } of part) reject(error);
    }
  };

  return (input) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ input, resolve, reject });
    });
}
