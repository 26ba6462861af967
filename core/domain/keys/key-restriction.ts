import { formatNetwork, PREFIX_LENGTH, parseAddress, unmapped } from '../ground/ip-address.ts';

const ORIGIN = /^(https?):\/\/(\*\.)?((?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?$/;

/**
 * A network in the one form in which it is stored and compared: `10.1.2.3` is `10.1.2.3/32`, host bits are
 * cleared, IPv4-mapped IPv6 is IPv4. Undefined for a text that is neither an address nor a CIDR.
 */
export function normalizeCidr(text: string): string | undefined {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const written = addressText.includes('%') ? undefined : parseAddress(addressText);
  if (rest.length > 0 || written === undefined) return undefined;
  if (bitsText !== undefined && !PREFIX_LENGTH.test(bitsText)) return undefined;
  const width = written.length * 8;
  const writtenBits = bitsText === undefined ? width : Number(bitsText);
  const address = unmapped(written);
  const bits = writtenBits - (width - address.length * 8);
  return writtenBits > width || bits < 0 ? undefined : formatNetwork({ address, bits });
}

/**
 * An origin in the form in which browsers send it (RFC 6454, 6.2): `scheme://host`, with the port unless
 * it is the scheme's own, addresses shortened as the URL standard does; the host may begin with `*.` for one
 * label or more. Undefined for anything else.
 */
export function normalizeOrigin(text: string): string | undefined {
  const match = ORIGIN.exec(text.toLowerCase());
  if (match === null) return undefined;
  const [, scheme = '', star = '', host = '', port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  if (star !== '' && !/[a-z]/.test(host.slice(host.lastIndexOf('.') + 1))) return undefined;
  const origin = `${scheme}://${host}${port === undefined ? '' : `:${port}`}`;
  if (!URL.canParse(origin)) return undefined;
  return new URL(origin).origin.replace('://', `://${star}`);
}
