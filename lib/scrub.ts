/** Names whose values are nobody's business, wherever they stand. A unit's `token` is none of them. */
const SECRET = /authorization|cookie|passw|secret|signature|credential|api-?key|^key$|e-?mail|session/i;

/** Secrets that a text may carry within itself, and what is left of them. */
const WITHIN: [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s@"']+@/gi, '$1***@'],
  [/\b(Bearer|Basic)\s+[^\s,;"']+/gi, '$1 ***'],
  [/\b((?:__Host-|__Secure-)?(?:holdfast|next-auth)[\w.-]*)=[^\s;,"']+/gi, '$1=***'],
  [/\b(t=\d+,)?v1=[0-9a-f]{16,}/gi, 'v1=***'],
  [/([?&](?:key|token|secret|signature|password|email|code)=)[^&\s"']+/gi, '$1***'],
  [/\b(?:sk|rk|whsec|pk)_[A-Za-z0-9_]{8,}/g, '***'],
  [/[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '***@***'],
];

/** Control characters but tab and new line, and what turns a terminal's text around or hides in it. */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const MOST = { text: 2_000, stack: 4_000, depth: 5, members: 40 };

/**
 * What may be logged of a value: secrets taken out, texts cut, nothing that a terminal obeys, and no more than so many members
 * of so many levels.
 */
export function scrub(value: unknown, name = '', depth = 0): unknown {
  if (SECRET.test(name)) return '***';
  if (typeof value === 'string') return scrubText(value, name === 'stack' ? MOST.stack : MOST.text);
  if (value instanceof Error) return scrub(plainError(value), name, depth);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (value instanceof Date) return value;
  if (depth >= MOST.depth) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST.members).map((one) => scrub(one, '', depth + 1));
  const members = Object.entries(value).slice(0, MOST.members);
  return Object.fromEntries(
    members.map(([member, inner]) => [scrubText(member, 100), scrub(inner, member, depth + 1)]),
  );
}

const plainError = (error: Error) => {
  const { name, message, stack, cause, ...more } = error;
  return { type: name, message, stack, ...(cause === undefined ? {} : { cause }), ...more };
};

/** The same for a text. It is cut first, so that a text of a megabyte costs no more than a short one. */
export function scrubText(text: string, most: number = MOST.text): string {
  let clean = text.length > most ? `${text.slice(0, most)}…` : text;
  for (const [secret, rest] of WITHIN) clean = clean.replace(secret, rest);
  return clean.replace(UNPRINTABLE, '\ufffd');
}
