/** Where a bring-up step tells the person at the terminal what it does: one line a call, no newline at its end. */
export type Log = (line: string) => void;

/** For callers that have nobody to tell. */
export const silent: Log = () => {};
