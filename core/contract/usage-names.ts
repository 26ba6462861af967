/** What usage calls a network, country or path that no line told of. */
const UNKNOWN = '-';
/** What usage calls all that has no place of its own in a list of names. */
const OTHERS = 'other';

/** A name that usage counts under, for people: a network, route, country, status or cause. */
export function countedInWords(name: string): string {
  if (name === UNKNOWN) return 'not known';
  if (name === OTHERS) return 'all others';
  if (!name.endsWith(` ${UNKNOWN}`)) return name;
  const method = name.slice(0, -` ${UNKNOWN}`.length);
  return method === 'OTHER' ? 'route not told' : `${method}, path not told`;
}

/** Who sends something, by the network that it came from. */
export function senderInWords(network: string | undefined): string {
  if (network === undefined) return 'somebody';
  if (network === UNKNOWN) return 'somebody whose network is not known';
  return network === OTHERS ? 'somebody in another network' : network;
}
