import * as z from 'zod';
import { REFUSALS, type RefusalCode } from '../../contract/refusals.ts';
import type { OperationSchema } from '../operation.ts';
import { apiId, environment, permission, rowOf, tenantId } from './fields.ts';

const MOST_REQUESTS = 100;
const LONGEST_PATH = 8000;
/** What API Gateway passes of all headers together. */
const LONGEST_HEADER = 10_240;

/** A header as the caller sent it: whatever it holds is decided on, and no fault of the backend that asks. */
const header = z.string().max(LONGEST_HEADER);
/** One that a decision is remembered by, and so without blanks; what it then holds fits no id and no origin. */
const plainHeader = header.overwrite((text) => encoded(text.trim()));

/** What a URL does not hold as it is, percent-encoded: the rest is as it was. */
function encoded(text: string): string {
  return text.toWellFormed().replace(/[^!-~]+/g, encodeURIComponent);
}

const question = {
  key: header.meta({
    description: 'The key as the caller sent it: publishable, secret or of a subscription',
    example: 'sk_live_8sK2mQ4vXz1b…28kj',
  }),
  scheme: z.enum(['tenant', 'subscription']).optional().meta({
    description:
      'By which scheme’s header the key was sent; if absent, as its form says, and tenant for an imported key',
  }),
  tenantId: plainHeader.optional().meta({
    description: 'Whom the caller says it acts for, as its header x-tn has it; the key’s own if absent',
    example: 'tenant_acme',
  }),
  apiId: apiId.optional().meta({ description: 'The protected API; if absent, nothing of an API is checked' }),
  method: z
    .string()
    .regex(/^[A-Z]{1,20}$/, 'expected a method in capitals')
    .optional()
    .meta({ example: 'GET' }),
  path: z
    .string()
    .max(LONGEST_PATH)
    .regex(/^\/[^?#]*$/, 'expected a path that begins with a slash, without a query')
    .overwrite(encoded)
    .optional()
    .meta({ example: '/v1/orders/4711' }),
  permission: permission
    .regex(/^[^*]+:(?:read|write)$/, 'expected resource:read or resource:write')
    .optional()
    .meta({ description: 'A permission that the caller needs, beside what the route asks' }),
  ip: z.union([z.ipv4(), z.ipv6()], { error: 'expected an IPv4 or IPv6 address' }).optional().meta({
    description: 'The caller’s address; without it, keys that are bound to networks are refused',
    example: '203.0.113.7',
  }),
  origin: plainHeader.optional().meta({
    description: 'The caller’s Origin header; without it, keys that are bound to origins are refused',
  }),
  clientKey: header
    .optional()
    .meta({ description: 'The caller’s Client-Key header, where the API requires one' }),
  token: header.optional().meta({ description: 'The caller’s access token, where the API requires OAuth' }),
  cost: z.number().int().min(0).max(1_000_000_000).optional().meta({
    description:
      'Units spent of the caller’s limits, 1 if absent; 0 only looks; above one of the limits it is a fault',
  }),
  counted: z.boolean().optional().meta({
    description: 'True where an access log of Keywright’s tells of the request, which would count it twice',
  }),
};

type RouteParts = { readonly [part in 'apiId' | 'method' | 'path']?: string | undefined };

/** What a route needs is said by the table of its API. */
function checkRoute({ apiId, method, path }: RouteParts, issues: z.core.$RefinementCtx): void {
  const complain = (at: string, message: string) => issues.addIssue({ code: 'custom', path: [at], message });
  if (method === undefined && path !== undefined) complain('method', 'expected beside path');
  if (path === undefined && method !== undefined) complain('path', 'expected beside method');
  if (apiId === undefined && path !== undefined) complain('apiId', 'expected where a route is asked about');
}

export const verifyRequest = z.strictObject(question).superRefine(checkRoute);

const body = z
  .strictObject({
    ...question,
    key: question.key.optional(),
    requests: z
      .array(rowOf(verifyRequest))
      .min(1)
      .max(MOST_REQUESTS)
      .optional()
      .meta({ description: 'Each is decided on by itself; one that is wrong gets a result that says so' }),
  })
  .superRefine(({ requests, ...single }, issues) => {
    const given = Object.values(single).some((value) => value !== undefined);
    if (requests === undefined && single.key === undefined) {
      issues.addIssue({ code: 'custom', path: ['key'], message: 'expected a key, or requests' });
    }
    if (requests !== undefined && given) {
      issues.addIssue({ code: 'custom', path: ['requests'], message: 'expected alone, or a single request' });
    }
    checkRoute(single, issues);
  })
  .meta({ anyOf: [{ required: ['key'] }, { required: ['requests'] }] });

const state = z.strictObject({
  limit: z.number(),
  windowSeconds: z.number().optional().meta({ description: 'Of a rate limit' }),
  period: z.enum(['day', 'month']).optional().meta({ description: 'Of a quota' }),
  remaining: z.number(),
  resetSeconds: z.number().meta({ description: 'Until the window ends' }),
});

const result = z
  .strictObject({
    valid: z.boolean(),
    code: z.enum(['valid', 'invalid_request', ...(Object.keys(REFUSALS) as RefusalCode[])]).meta({
      description: 'invalid_request: this request of several is wrong itself, and nobody was decided on',
    }),
    cause: z
      .string()
      .optional()
      .meta({ description: 'Why it was refused, more exactly than callers may be told' }),
    param: z.string().optional().meta({ description: 'The field of an invalid request that is wrong' }),
    message: z.string().optional().meta({ description: 'What is wrong with an invalid request' }),
    keyId: z.string().optional(),
    tenantId: tenantId.optional(),
    environment: environment.optional(),
    keyType: z.enum(['publishable', 'secret', 'subscription']).optional(),
    role: z.string().optional(),
    permissions: z.array(z.string()).optional(),
    subscriptionId: z.string().optional(),
    productId: z.string().optional(),
    slot: z.string().optional(),
    oauthClientId: z.string().optional(),
    rateLimits: z.array(state).optional(),
    retryAfterSeconds: z.number().optional(),
    answer: z
      .strictObject({
        status: z.number(),
        headers: z.record(z.string(), z.string()),
        body: z.looseObject({}),
      })
      .optional()
      .meta({ description: 'What to answer a refused caller' }),
  })
  .meta({
    id: 'Verification',
    example: {
      ...{ valid: true, code: 'valid', keyId: 'key_8sK2mQ4vXz1b', tenantId: 'tenant_acme' },
      ...{ environment: 'live', keyType: 'secret', role: 'reader', permissions: ['*:read'] },
      rateLimits: [{ limit: 600, windowSeconds: 60, remaining: 599, resetSeconds: 60 }],
    },
  });

export type VerifyRequest = z.output<typeof verifyRequest>;
export type Verification = z.output<typeof result>;

export const verifySchemas = {
  verify: {
    summary:
      'Decide on a caller of a backend as an authorizer would, and spend of its limits; up to 100 at once',
    open: true,
    acceptsKeys: true,
    rows: 'requests',
    body,
    answers: { 200: z.union([result, z.strictObject({ results: z.array(result) })]) },
  },
} as const satisfies Record<string, OperationSchema>;
