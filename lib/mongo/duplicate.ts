/** MongoDB's code for a write that a unique index has refused. */
export const DUPLICATE_KEY = 11000;

/** Whether a write was refused because the same, by some unique index, is there already. */
export const isDuplicate = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === DUPLICATE_KEY;
