import { Duration } from 'aws-cdk-lib';
import { HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import type { PortalConfig } from '../portal-config.ts';

interface PortalHeadersProps {
  readonly portal: PortalConfig;
  /** Where people sign in: an origin. */
  readonly signInOrigin: string;
}

/** What a page of the portals has no use for, and no script that got into one either. */
const UNUSED_FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
  'xr-spatial-tracking',
];

/**
 * What browsers are told about every answer: scripts and styles of our own alone, none of them made from text
 * (Trusted Types), and nobody else to talk to but the declared APIs.
 */
export function portalHeaders(
  scope: Construct,
  id: string,
  props: PortalHeadersProps,
): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, id, {
    comment: 'Keywright: portals',
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(props), override: true },
      contentTypeOptions: { override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(730),
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersBehavior: {
      customHeaders: [
        { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
        {
          header: 'Permissions-Policy',
          value: UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', '),
          override: true,
        },
      ],
    },
  });
}

function contentSecurityPolicy({ portal: { apiOrigins, brand }, signInOrigin }: PortalHeadersProps): string {
  const logo = brand.logoUrl?.startsWith('http') ? [new URL(brand.logoUrl).origin] : [];
  return [
    ['default-src', "'none'"],
    ['script-src', "'self'"],
    ['style-src', "'self'"],
    ['img-src', "'self'", 'data:', ...logo],
    ['font-src', "'self'"],
    ['connect-src', "'self'", ...apiOrigins],
    ['frame-ancestors', "'none'"],
    ['base-uri', "'none'"],
    ['form-action', "'self'", signInOrigin],
    ['require-trusted-types-for', "'script'"],
  ]
    .map((directive) => directive.join(' '))
    .join('; ');
}
