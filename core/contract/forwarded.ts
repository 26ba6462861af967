/**
 * Headers by which CloudFront tells the management API what it knows of a request: believed only together with
 * the secret, which nobody else knows.
 */
export const FORWARDED = {
  /** The address that the request came from, IPv4 or IPv6. */
  address: 'true-client-ip',
  /** The host name that it was sent to: the portal's. */
  host: 'x-forwarded-host',
  /** The origin's secret. */
  secret: 'x-keywright-origin',
} as const;
