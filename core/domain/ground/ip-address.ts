import { isIP } from 'node:net';

/** The bytes of an address in network order: 4 of IPv4, 16 of IPv6. */
export type Address = readonly number[];

export interface Network {
  readonly address: Address;
  /** Leading bits that an address has in common with all others of the network. */
  readonly bits: number;
}

/** How a network's bits are written: no zero in front, which some readers take for octal (RFC 6943, 3.1.1). */
export const PREFIX_LENGTH = /^(?:0|[1-9][0-9]{0,2})$/;

/** `::ffff:0:0/96` holds the IPv4 addresses (RFC 4291, 2.5.5.2). */
const MAPPED_BYTES = 12;
const MAPPED: Network = { address: [...Array(10).fill(0), 0xff, 0xff, 0, 0, 0, 0], bits: MAPPED_BYTES * 8 };

/**
 * Reads dotted-decimal IPv4 (no octal, hexadecimal or shortened form) and IPv6, whose zone is left out.
 * Undefined for any other text.
 */
export function parseAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return bytesOf(text);
  const [groups = ''] = text.split('%');
  const [head = '', tail = ''] = groups.split('::');
  const before = bytesOf(head);
  const after = bytesOf(tail);
  return [...before, ...Array(16 - before.length - after.length).fill(0), ...after];
}

/** Reads CIDR notation; undefined for any other text. */
export function parseNetwork(text: string): Network | undefined {
  const [addressText = '', bitsText = '', ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0 || !PREFIX_LENGTH.test(bitsText)) return undefined;
  const bits = Number(bitsText);
  return bits > address.length * 8 ? undefined : { address, bits };
}

/** An IPv4-mapped IPv6 address as its IPv4 one; any other as it is. */
export function unmapped(address: Address): Address {
  return inNetwork(address, MAPPED) ? address.slice(MAPPED_BYTES) : address;
}

/** Whether the address lies in the network, which it only does in one of its own version. */
export function inNetwork(address: Address, network: Network): boolean {
  if (address.length !== network.address.length) return false;
  return network.address.every((byte, index) => {
    const difference = byte ^ (address[index] ?? 0);
    return (difference & maskOf(network.bits, index)) === 0;
  });
}

/** Whether networks hold every address of a version, alone or together: `/0`, two halves, and so on. */
export function holdAll(networks: readonly Network[]): boolean {
  return [4, 16].some((bytes) => {
    const ranges = networks.filter(({ address }) => address.length === bytes).map(rangeOf);
    let next = 0n;
    for (const { first, after } of ranges.sort((a, b) => (a.first < b.first ? -1 : 1)))
      if (first <= next && after > next) next = after;
    return next === 1n << BigInt(bytes * 8);
  });
}

/** The first address of a network and the one after its last, as numbers. */
function rangeOf({ address, bits }: Network): { readonly first: bigint; readonly after: bigint } {
  const first = address.reduce(
    (number, byte, index) => (number << 8n) | BigInt(byte & maskOf(bits, index)),
    0n,
  );
  return { first, after: first + (1n << BigInt(address.length * 8 - bits)) };
}

/** The network in CIDR notation, host bits cleared, IPv6 as RFC 5952 wants it written. */
export function formatNetwork({ address, bits }: Network): string {
  return `${formatAddress(address.map((byte, index) => byte & maskOf(bits, index)))}/${bits}`;
}

/** The address in dotted decimal or as RFC 5952 wants it written: the first longest run of zeros is `::`. */
export function formatAddress(address: Address): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from(
    { length: 8 },
    (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0),
  );
  const text = groups.map((group) => group.toString(16)).join(':');
  const [run] = [...text.matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  if (run === undefined) return text;
  const before = text.slice(0, run.index).replace(/:$/, '');
  const after = text.slice(run.index + run[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** The bytes of groups of hexadecimal digits, the last of which may be an IPv4 address. */
function bytesOf(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Which bits of the byte at `index` belong to the first `bits` of the address. */
function maskOf(bits: number, index: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 0xff;
}
