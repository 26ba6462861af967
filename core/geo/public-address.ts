import {
  formatAddress,
  inNetwork,
  type Network,
  parseAddress,
  parseNetwork,
  unmapped,
} from '../domain/ground/ip-address.ts';

/** What IANA's registries of special-purpose addresses (RFC 6890) and of multicast keep from everyone's use. */
const SPECIAL = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24'],
  ...[
    '192.168.0.0/16',
    '192.175.48.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ],
  ...['::/128', '::1/128', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23'],
  ...['2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20', '5f00::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]
  .map(parseNetwork)
  .filter((network): network is Network => network !== undefined);

/**
 * The address in its plain form, an IPv4-mapped IPv6 one as IPv4; undefined for a text that is no address
 * and for addresses that belong to nobody in particular: private, local, reserved.
 */
export function publicAddress(text: string): string | undefined {
  const parsed = parseAddress(text);
  if (parsed === undefined) return undefined;
  const address = unmapped(parsed);
  return SPECIAL.some((network) => inNetwork(address, network)) ? undefined : formatAddress(address);
}
