import ipaddr from 'ipaddr.js';

const IPV4_BITS = 32;
const IPV6_BITS = 128;
/** `::ffff:0:0/96` holds the IPv4 addresses. */
const MAPPED_BITS = 96;

const ORIGIN = /^(https?):\/\/(\*\.)?((?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?$/;
const OWN_PORT: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * A network in the one form in which it is stored and compared: `10.1.2.3` is `10.1.2.3/32`, host bits are
 * cleared, IPv4-mapped IPv6 is IPv4. Undefined for a text that is neither an address nor a CIDR.
 */
export function normalizeCidr(text: string): string | undefined {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  if (rest.length > 0 || !isPlainAddress(addressText)) return undefined;
  if (bitsText !== undefined && !/^[0-9]{1,3}$/.test(bitsText)) return undefined;
  const address = ipaddr.parse(addressText);
  const width = address.kind() === 'ipv4' ? IPV4_BITS : IPV6_BITS;
  const bits = bitsText === undefined ? width : Number(bitsText);
  if (bits > width) return undefined;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    return bits < MAPPED_BITS
      ? undefined
      : `${masked(address.toIPv4Address(), bits - MAPPED_BITS)}/${bits - MAPPED_BITS}`;
  }
  return `${masked(address, bits)}/${bits}`;
}

/**
 * An origin in the form in which browsers send it (RFC 6454, 6.2): `scheme://host`, with the port unless
 * it is the scheme's own; the host may begin with `*.` for one label or more. Undefined for anything else.
 */
export function normalizeOrigin(text: string): string | undefined {
  const match = ORIGIN.exec(text.toLowerCase());
  if (match === null) return undefined;
  const [, scheme = '', star = '', host = '', port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  if (star !== '' && !/[a-z]/.test(host.slice(host.lastIndexOf('.') + 1))) return undefined;
  return `${scheme}://${star}${host}${port === undefined || port === OWN_PORT[scheme] ? '' : `:${Number(port)}`}`;
}

/** Dotted-decimal IPv4 and IPv6 without a zone: no octal, hexadecimal or shortened IPv4. */
function isPlainAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) ||
    (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
  );
}

function masked(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return ipaddr.fromByteArray(bytes).toString();
}
