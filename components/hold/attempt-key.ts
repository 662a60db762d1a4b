/** The Idempotency-Key of one attempt to check out: fresh for each attempt, the same for its retries, also after a reload in between. */

const slot = (attempt: unknown) => `holdfast.attempt.${JSON.stringify(attempt)}`;

export function attemptKey(attempt: unknown): string {
  const key = remembered(attempt) ?? newKey();
  try {
    sessionStorage.setItem(slot(attempt), key);
  } catch {
    // without storage a reload begins a new attempt
  }
  return key;
}

export function endAttempt(attempt: unknown): void {
  try {
    sessionStorage.removeItem(slot(attempt));
  } catch {
    // nothing was remembered
  }
}

function remembered(attempt: unknown): string | null {
  try {
    return sessionStorage.getItem(slot(attempt));
  } catch {
    return null;
  }
}

/** A random UUID; crypto.randomUUID is missing where the shop is reached over plain http by another name than localhost. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
