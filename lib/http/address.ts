import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/** Where server.ts writes the address at the other end of the socket, over whatever a client has put there. */
export const ADDRESS_HEADER = 'x-holdfast-address';

/** Make a request carry its socket's address to either door. Before anything else looks at the request. */
export function noteAddress(req: IncomingMessage): void {
  req.headers[ADDRESS_HEADER] = req.socket.remoteAddress ?? '';
}

/** @returns the neighbourhood that a request of Node's comes from, as limits count it */
export function neighbourhoodOf(req: IncomingMessage, hops: number): string {
  const forwarded = [req.headers['x-forwarded-for'] ?? []].flat().join(',');
  const headers = new Headers({ 'x-forwarded-for': forwarded, [ADDRESS_HEADER]: req.socket.remoteAddress ?? '' });
  return neighbourhood(clientAddress(headers, hops));
}

/** Whether a request came by a proxy that nobody has told the shop of: all shoppers behind it would be one address. */
export function viaUnknownProxy(req: IncomingMessage, hops: number): boolean {
  return (
    hops === 0 && req.headers['x-forwarded-for'] !== undefined && PRIVATE.test(bare(req.socket.remoteAddress ?? ''))
  );
}

const PRIVATE = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd])/;

/**
 * Who is at the other end: the socket's address, or behind trusted proxies the entry of X-Forwarded-For that the outermost
 * of them wrote. What a client itself put into that header stands further left and is never looked at.
 * @param hops how many proxies in front of the shop are trusted (TRUSTED_PROXY_HOPS)
 * @returns an IP address, an IPv4 one always in its own form; empty when nobody knows
 */
export function clientAddress(headers: Headers, hops: number): string {
  const forwarded = hops > 0 ? (headers.get('x-forwarded-for') ?? '').split(',').slice(-hops) : [];
  const socket = headers.get(ADDRESS_HEADER) ?? '';
  return [...forwarded, socket].map(bare).find((address) => isIP(address) > 0) ?? '';
}

/**
 * What limits are counted by: one subscriber of IPv6 has a whole /64 to pick addresses from, so that is one neighbourhood.
 * @param address what `clientAddress` has answered
 */
export function neighbourhood(address: string): string {
  if (!isIPv6(address)) return address || 'unknown';
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** An entry without port, brackets, and the IPv6 clothes of an IPv4 address. */
export function bare(entry: string): string {
  const text = entry.trim();
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
}
