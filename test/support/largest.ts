/** The largest that people may write, as the schemas of the management API let them. */

/** Four bytes a character in an item and in an answer. */
export const widest = (length: number) => '😀'.repeat(length);
/** One byte in an item, and four in an answer: escaped in the body, and with the body once more. */
export const mostEscaped = (length: number) => '"'.repeat(length);
export const times = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, i) => make(i));
export const numbered = (i: number) => String(i).padStart(3, '0');

export const permissions = times(50, (i) => `${numbered(i)}${'x'.repeat(61)}:write`);
export const rateLimits = times(5, () => ({ limit: 1_000_000_000, windowSeconds: 2_678_400 }));
export const largestKey = (fill: (length: number) => string) => ({
  name: fill(100),
  type: 'secret',
  environment: 'live',
  role: 'writer',
  permissions,
  expiresAt: '9999-12-31T23:59:59.999Z',
  allowedCidrs: times(100, (i) => `2001:db8:ffff:ffff:ffff:ffff:ffff:f${numbered(i)}/128`),
  allowedOrigins: times(100, (i) => `https://${'a.'.repeat(140)}${numbered(i)}.a:65535`),
  rateLimits,
  metadata: Object.fromEntries(times(50, (i) => [`${numbered(i)}${fill(37)}`, fill(500)])),
});
export const ids = (fill: (length: number) => string, count: number) =>
  times(count, (i) => `${numbered(i)}${fill(197)}`);
export const largestApi = (fill: (length: number) => string) => ({
  name: fill(100),
  routes: times(100, (i) => ({
    method: 'GET',
    path: `/${numbered(i)}${'x'.repeat(196)}`,
    permission: permissions[i % 50],
    public: true,
  })),
  oauth: {
    issuer: `https://id.example.com/${'x'.repeat(477)}`,
    audience: fill(500),
    requiredScopes: ids((length) => 'x'.repeat(length), 50),
    requiredRoles: ids(fill, 50),
  },
});
