import {
  type Address,
  formatNetwork,
  inNetwork,
  type Network,
  parseAddress,
  parseNetwork,
  unmapped,
} from '../ground/ip-address.ts';

const IPV4_NETWORK_BITS = 24;
const IPV6_NETWORK_BITS = 48;

/**
 * The network that an address counts as when we watch for new ones: IPv4 /24, IPv6 /48, an IPv4-mapped
 * IPv6 address as its IPv4 one. Undefined for a text that is no address.
 */
export function networkOf(text: string): string | undefined {
  const address = callerAddress(text);
  if (address === undefined) return undefined;
  return formatNetwork({ address, bits: address.length === 4 ? IPV4_NETWORK_BITS : IPV6_NETWORK_BITS });
}

/** The networks that a key may be used from, parsed once. */
export class AllowedNetworks {
  static readonly #anyNetwork = new AllowedNetworks([]);
  readonly #networks: readonly Network[];

  /** The networks of this list; one and the same for all keys without any. */
  static of(cidrs: readonly string[]): AllowedNetworks {
    return cidrs.length === 0 ? AllowedNetworks.#anyNetwork : new AllowedNetworks(cidrs);
  }

  /**
   * @param cidrs networks in CIDR notation; none means any
   * @throws Error for a text that is no CIDR, so that a damaged record never widens a key
   */
  constructor(cidrs: readonly string[]) {
    this.#networks = cidrs.map((cidr) => {
      const network = parseNetwork(cidr);
      if (network === undefined) {
        throw new Error(`the key's list of networks has ${JSON.stringify(cidr)}; expected CIDR notation`);
      }
      return network;
    });
  }

  get any(): boolean {
    return this.#networks.length === 0;
  }

  /** Whether the address lies in one of the networks; a text that is no address lies in none. */
  include(text: string | undefined): boolean {
    if (this.any) return true;
    const address = text === undefined ? undefined : callerAddress(text);
    return address !== undefined && this.#networks.some((network) => inNetwork(address, network));
  }
}

function callerAddress(text: string): Address | undefined {
  const address = parseAddress(text);
  return address && unmapped(address);
}
