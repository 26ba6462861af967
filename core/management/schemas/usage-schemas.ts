import * as z from 'zod';
import { KEY_TYPES } from '../../domain/products/credential.ts';
import type { OperationSchema } from '../operation.ts';
import { apiId, cursor, environment, productId, tenantId, timestamp } from './fields.ts';
import { rangeFields } from './range.ts';

export const credentialId = z
  .string()
  .regex(/^(?:key|sub)_[0-9A-Za-z]{12}$/, 'expected key_ or sub_ and 12 base62 characters')
  .meta({ example: 'key_8sK2mQ4vXz1b' });
const PERIODS = ['hour', 'day'] as const;
const LIST_NAMES = [
  'route',
  'status',
  'country',
  'cause',
  'key',
  'product',
  'api',
  'secret',
  'network',
] as const;
const BOTH = PERIODS.flatMap((period) => LIST_NAMES.map((list) => `${period},${list}` as const));
const groupBy = z.enum([...PERIODS, ...LIST_NAMES, ...BOTH]);
export type GroupBy = z.output<typeof groupBy>;

const milliseconds = z.number().nullable().meta({
  description: 'At most 10 % off; null where groupBy is not hour or day',
});
const groupShape = z.strictObject({
  group: z.string().meta({
    example: '2026-11-22T00:00:00.000Z',
    description:
      'The beginning of an hour or day, `METHOD route`, a status, a country (ISO 3166-1), the cause of a refusal, or the id of a key, product, API, secret or network',
  }),
  subgroup: z
    .string()
    .optional()
    .meta({ description: 'What of the second, where `groupBy` has two, such as `day,status`' }),
  environment,
  keyType: z.enum(KEY_TYPES).meta({ example: 'secret' }),
  requests: z.number().int().meta({ example: 88_310 }),
  clientErrors: z
    .number()
    .int()
    .nullable()
    .meta({ description: '4xx; null by country, key, product, API, secret and network' }),
  serverErrors: z
    .number()
    .int()
    .nullable()
    .meta({ description: '5xx; null by country, key, product, API, secret and network' }),
  p50Milliseconds: milliseconds,
  p99Milliseconds: milliseconds,
});
const usageShape = z
  .strictObject({
    tenantId: tenantId
      .nullable()
      .meta({ description: 'null where it is of all tenants', example: 'tenant_acme' }),
    keyId: credentialId.nullable(),
    from: timestamp.meta({ description: 'Inclusive: the beginning of an hour or day' }),
    to: timestamp.meta({ description: 'Exclusive' }),
    resolution: z.enum(['hour', 'day']).meta({ description: 'What the counts were kept by' }),
    groupBy: groupBy.meta({ example: 'day' }),
    total: z
      .strictObject({
        requests: z.number().int(),
        clientErrors: z.number().int().nullable(),
        serverErrors: z.number().int().nullable(),
      })
      .meta({
        description: 'Of the whole range, whatever it is grouped by; errors are null with an apiId',
        example: { requests: 88_310, clientErrors: 1204, serverErrors: 3 },
      }),
    groups: z.array(groupShape).meta({
      description:
        'Of routes, statuses and countries the most frequent, a thousand of each kind of key at most',
    }),
    nextCursor: z.string().nullable().meta({
      description:
        'Of all tenants, or all of a product’s subscriptions, an answer sums up a part, up to a hundred of them; the sums of all parts are the whole. null after the last one',
    }),
  })
  .meta({ id: 'Usage' });

interface Asked {
  readonly keyId?: unknown;
  readonly subscriptionId?: unknown;
  readonly productId?: unknown;
  readonly apiId?: unknown;
  readonly groupBy: string;
}

function isOfOne({ keyId, subscriptionId }: Asked): boolean {
  return keyId !== undefined || subscriptionId !== undefined;
}

/** What of one key is not told apart by keys, nor what of many by the secrets of each. */
function canBeGrouped(query: Asked): boolean {
  const { groupBy, productId, apiId } = query;
  if (isOfOne(query)) return !/key|product|api/.test(groupBy);
  if (productId !== undefined && groupBy.includes('api')) return false;
  return apiId === undefined
    ? !/secret|network/.test(groupBy)
    : /^(?:hour|day|(?:(?:hour|day),)?api)$/.test(groupBy);
}

export type UsageGroup = z.output<typeof groupShape>;
export type Usage = z.output<typeof usageShape>;

export const usageSchemas = {
  getUsage: {
    summary: 'Read how many requests a key, a subscription, a tenant or all of them made',
    query: z
      .strictObject({
        tenantId: tenantId.optional().meta({
          description: 'Left out it is your only one, or all of them where you act for all',
        }),
        keyId: credentialId.optional().meta({ description: 'One key or subscription alone' }),
        subscriptionId: credentialId.optional().meta({ description: 'The same, in place of a keyId' }),
        productId: productId.optional().meta({ description: 'What subscriptions to it made' }),
        apiId: apiId.optional().meta({
          description: 'What was called of this API, where its access log says so; by hour, day or api',
        }),
        environment: environment.optional(),
        ...rangeFields({
          from: 'by default one day before to; 30 days with groupBy=day',
          to: 'by default now. Up to 7 days after from hours are counted, up to 400 whole UTC days',
        }),
        groupBy: groupBy.default('day').meta({
          description:
            '`key`, `product` and `api` go without a keyId; `secret` and `network` need one. A period and a list with a comma between tell both apart',
        }),
        cursor,
      })
      .refine((query) => query.keyId === undefined || query.subscriptionId === undefined, {
        error: 'expected, or a keyId, and not both',
        path: ['subscriptionId'],
      })
      .refine((query) => query.productId === undefined || !isOfOne(query), {
        error: 'expected, or a keyId, and not both',
        path: ['productId'],
      })
      .refine((query) => query.apiId === undefined || !(isOfOne(query) || query.productId), {
        error: 'expected without a keyId or productId',
        path: ['apiId'],
      })
      .refine(canBeGrouped, {
        error:
          'expected key, product or api without a keyId, secret or network with one; with an apiId hour, day or api',
        path: ['groupBy'],
      }),
    csv: 'group,subgroup,environment,keyType,requests,clientErrors,serverErrors,p50Milliseconds,p99Milliseconds\n2026-11-22T00:00:00.000Z,,live,secret,88310,1204,3,12,48\n',
    answers: { 200: usageShape },
  },
} as const satisfies Record<string, OperationSchema>;
