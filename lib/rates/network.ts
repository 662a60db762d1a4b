/**
 * The network around a neighbourhood: providers give one subscriber up to a /48 of IPv6, which is 65,536 neighbourhoods.
 * @param neighbourhood as lib/http/address.ts writes it
 * @returns `<three groups>::/48`; undefined for what is not an IPv6 /64
 */
export function networkOf(neighbourhood: string): string | undefined {
  const groups = /^((?:[\da-f]{1,4}:){2}[\da-f]{1,4}):[\da-f]{1,4}::\/64$/.exec(neighbourhood);
  return groups ? `${groups[1]}::/48` : undefined;
}
