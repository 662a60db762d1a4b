/**
 * Wait for a condition, asking again every few milliseconds. A condition that throws is not met yet.
 * @param timeoutMs after which it fails with `what` and the last error
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 30_000, everyMs = 25 }: { what: string; timeoutMs?: number; everyMs?: number },
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as NonNullable<T>;
      last = value;
    } catch (error) {
      if (error instanceof Error && error.name === 'GoneError') throw error;
      last = error;
    }
    if (performance.now() > end)
      throw new Error(
        `not within ${timeoutMs} ms: ${what} (last: ${last instanceof Error ? last.stack : JSON.stringify(last)})`,
      );
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
