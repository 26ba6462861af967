import * as z from 'zod';
import { hasHeader, type Reply } from '../api-gateway/reply.ts';
import type { Header } from '../api-gateway/request.ts';
import { resourcesOfType } from '../api-gateway/resource-list.ts';
import type { TemplateStack } from '../template/resources.ts';

/** What of a viewer's request an origin gets. */
export type OriginRequest = 'nothing' | 'all but Host';

/** How answers of an origin may be kept and sent. */
export interface CacheBehavior {
  /** Whether an origin is told which encodings a viewer takes, and CloudFront may compress. */
  readonly compresses: boolean;
}

/** Managed policies by the ids that CloudFront gives them («Use managed cache policies», «… origin request policies»). */
const MANAGED_CACHE: Readonly<Record<string, CacheBehavior>> = {
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { compresses: false },
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { compresses: true },
};
const MANAGED_ORIGIN_REQUEST: Readonly<Record<string, OriginRequest>> = {
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': 'all but Host',
};

const none = (behavior: string) => z.object({ [behavior]: z.literal('none', { error: 'is not emulated' }) });
const CachePolicy = z.object({
  CachePolicyConfig: z.object({
    ParametersInCacheKeyAndForwardedToOrigin: z.object({
      EnableAcceptEncodingBrotli: z.boolean().default(false),
      EnableAcceptEncodingGzip: z.boolean(),
      HeadersConfig: none('HeaderBehavior'),
      CookiesConfig: none('CookieBehavior'),
      QueryStringsConfig: none('QueryStringBehavior'),
    }),
  }),
});

const override = { Override: z.boolean() };
const SecurityHeaders = z.strictObject({
  ContentSecurityPolicy: z.object({ ...override, ContentSecurityPolicy: z.string() }).optional(),
  ContentTypeOptions: z.object(override).optional(),
  FrameOptions: z.object({ ...override, FrameOption: z.string() }).optional(),
  ReferrerPolicy: z.object({ ...override, ReferrerPolicy: z.string() }).optional(),
  StrictTransportSecurity: z
    .object({
      ...override,
      AccessControlMaxAgeSec: z.number(),
      IncludeSubdomains: z.boolean().default(false),
      Preload: z.boolean().default(false),
    })
    .optional(),
});
const HeadersPolicy = z.object({
  ResponseHeadersPolicyConfig: z.strictObject({
    Name: z.string(),
    Comment: z.string().optional(),
    SecurityHeadersConfig: SecurityHeaders.default({}),
    CustomHeadersConfig: z
      .object({ Items: z.array(z.object({ Header: z.string(), Value: z.string(), Override: z.boolean() })) })
      .default({ Items: [] }),
  }),
});

interface PolicyHeader {
  readonly header: Header;
  readonly override: boolean;
}

/** A response headers policy: what every answer of a behavior is given. */
export type ResponseHeaders = readonly PolicyHeader[];

export interface Policies {
  cache(id: string): CacheBehavior;
  originRequest(id: string | undefined): OriginRequest;
  responseHeaders(id: string | undefined): ResponseHeaders;
}

/** The policies that behaviors of an app's distributions name. Each throws for what is neither declared nor known. */
export function readPolicies(stacks: readonly TemplateStack[]): Policies {
  const caches = new Map(
    resourcesOfType(stacks, 'AWS::CloudFront::CachePolicy', CachePolicy).map(({ id, properties }) => {
      const key = properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin;
      return [id, { compresses: key.EnableAcceptEncodingBrotli || key.EnableAcceptEncodingGzip }] as const;
    }),
  );
  const headers = new Map(
    resourcesOfType(stacks, 'AWS::CloudFront::ResponseHeadersPolicy', HeadersPolicy).map(
      ({ id, properties }) => [id, responseHeaders(properties)] as const,
    ),
  );
  return {
    cache: (id) => known(caches.get(id) ?? MANAGED_CACHE[id], 'cache policy', id),
    originRequest: (id) =>
      id === undefined ? 'nothing' : known(MANAGED_ORIGIN_REQUEST[id], 'origin request policy', id),
    responseHeaders: (id) => (id === undefined ? [] : known(headers.get(id), 'response headers policy', id)),
  };
}

function known<T>(policy: T | undefined, kind: string, id: string): T {
  if (policy === undefined) throw new Error(`the ${kind} ${id} is not emulated`);
  return policy;
}

function responseHeaders(properties: z.output<typeof HeadersPolicy>): ResponseHeaders {
  const { SecurityHeadersConfig: security, CustomHeadersConfig } = properties.ResponseHeadersPolicyConfig;
  const { ContentSecurityPolicy: csp, ContentTypeOptions: options, FrameOptions: frame } = security;
  const { ReferrerPolicy: referrer, StrictTransportSecurity: hsts } = security;
  const header = (of: { Override: boolean } | undefined, name: string, value: string | undefined) =>
    of === undefined || value === undefined
      ? []
      : [{ header: [name, value] satisfies Header, override: of.Override }];
  return [
    ...header(csp, 'content-security-policy', csp?.ContentSecurityPolicy),
    ...header(options, 'x-content-type-options', 'nosniff'),
    ...header(frame, 'x-frame-options', frame?.FrameOption),
    ...header(referrer, 'referrer-policy', referrer?.ReferrerPolicy),
    ...header(hsts, 'strict-transport-security', hsts && strictTransport(hsts)),
    ...CustomHeadersConfig.Items.map(({ Header: name, Value, Override }) => ({
      header: [name.toLowerCase(), Value] satisfies Header,
      override: Override,
    })),
  ];
}

function strictTransport(hsts: {
  AccessControlMaxAgeSec: number;
  IncludeSubdomains: boolean;
  Preload: boolean;
}): string {
  return [
    `max-age=${hsts.AccessControlMaxAgeSec}`,
    ...(hsts.IncludeSubdomains ? ['includeSubDomains'] : []),
    ...(hsts.Preload ? ['preload'] : []),
  ].join('; ');
}

/** The answer with the policy's headers: in place of the origin's where they override, else where it has none. */
export function withHeaders(reply: Reply, policy: ResponseHeaders): Reply {
  const overriding = new Set(policy.filter(({ override }) => override).map(({ header }) => header[0]));
  const kept = reply.headers.filter(([name]) => !overriding.has(name.toLowerCase()));
  const added = policy.filter(({ header: [name] }) => !hasHeader(kept, name)).map(({ header }) => header);
  return { ...reply, headers: [...kept, ...added] };
}
