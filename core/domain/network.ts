import ipaddr from 'ipaddr.js';

const IPV4_NETWORK_BITS = 24;
const IPV6_NETWORK_BITS = 48;

/**
 * The network that an address counts as when we watch for new ones: IPv4 /24, IPv6 /48, an IPv4-mapped
 * IPv6 address as its IPv4 one. Undefined for a text that is no address.
 */
export function networkOf(address: string): string | undefined {
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const bits = parsed.kind() === 'ipv4' ? IPV4_NETWORK_BITS : IPV6_NETWORK_BITS;
  const bytes = parsed.toByteArray().map((byte, index) => (index < bits / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}

/**
 * The address in its plain form, an IPv4-mapped IPv6 one as IPv4; undefined for a text that is no address
 * and for addresses that belong to nobody in particular: private, local, reserved.
 */
export function publicAddress(address: string): string | undefined {
  const parsed = parseAddress(address);
  return parsed?.range() === 'unicast' ? parsed.toString() : undefined;
}

/** The networks that a key may be used from, parsed once. */
export class AllowedNetworks {
  readonly #ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  /**
   * @param cidrs networks in CIDR notation; none means any
   * @throws Error for a text that is no CIDR, so that a damaged record never widens a key
   */
  constructor(cidrs: readonly string[]) {
    this.#ranges = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  }

  get any(): boolean {
    return this.#ranges.length === 0;
  }

  /** Whether the address lies in one of the networks; a text that is no address lies in none. */
  include(address: string | undefined): boolean {
    if (this.any) return true;
    const parsed = address === undefined ? undefined : parseAddress(address);
    if (parsed === undefined) return false;
    return this.#ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }
}

function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return ipaddr.isValid(address) ? ipaddr.process(address) : undefined;
}
