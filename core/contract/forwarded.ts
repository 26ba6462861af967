/**
 * Headers by which CloudFront tells the management API what it knows of a request: believed only together with
 * the secret, which nobody else knows.
 */
export const FORWARDED = {
  /** The address that the request came from, IPv4 or IPv6. */
  address: 'true-client-ip',
  /** The origin that it was sent to: the portal's. */
  origin: 'x-keywright-origin',
  /** What proves that it is CloudFront who says so. */
  secret: 'x-keywright-origin-secret',
} as const;
