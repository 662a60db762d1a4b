/** Fits no path of a shop: control characters, spaces and backslashes, which browsers read in ways of their own. */
const STRANGE = /[^!-[\]-~]/;

/**
 * Where to go after signing in, as a path of this shop and nothing else: a foreign address, a scheme, `//host`, a backslash
 * or anything that only normalises into one of them leads to `fallback`.
 * @param wanted whatever a link or form said
 * @returns a path with its query, that begins with exactly one slash
 */
export function samePath(wanted: unknown, fallback = '/'): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || STRANGE.test(wanted)) return fallback;
  const base = 'http://shop.invalid';
  if (!URL.canParse(wanted, base)) return fallback;
  const { origin, pathname, search, hash } = new URL(wanted, base);
  return origin === base && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : fallback;
}
