import * as z from 'zod';
import { KEY_TYPES } from '../../domain/products/credential.ts';
import type { OperationSchema } from '../operation.ts';
import { environment, tenantId, timestamp } from './fields.ts';
import { rangeFields } from './range.ts';

const credentialId = z
  .string()
  .regex(/^(?:key|sub)_[0-9A-Za-z]{12}$/, 'expected key_ or sub_ and 12 base62 characters');
const groupBy = z.enum(['hour', 'day', 'route', 'status', 'country', 'cause']);
export type GroupBy = z.output<typeof groupBy>;

const milliseconds = z.number().nullable().meta({
  description: 'At most 10 % off; null where groupBy is not hour or day',
});
const groupShape = z.strictObject({
  group: z.string().meta({
    description:
      'The beginning of an hour or day, `METHOD route`, a status, a country (ISO 3166-1), or the cause of a refusal',
  }),
  environment,
  keyType: z.enum(KEY_TYPES),
  requests: z.number().int(),
  clientErrors: z.number().int().nullable().meta({ description: '4xx; null by route and country' }),
  serverErrors: z.number().int().nullable().meta({ description: '5xx; null by route and country' }),
  p50Milliseconds: milliseconds,
  p99Milliseconds: milliseconds,
});
const usageShape = z
  .strictObject({
    tenantId,
    keyId: credentialId.nullable(),
    from: timestamp.meta({ description: 'Inclusive: the beginning of an hour or day' }),
    to: timestamp.meta({ description: 'Exclusive' }),
    resolution: z.enum(['hour', 'day']).meta({ description: 'What the counts were kept by' }),
    groupBy,
    groups: z.array(groupShape).meta({
      description:
        'Of routes, statuses and countries the most frequent, a thousand of each kind of key at most',
    }),
  })
  .meta({ id: 'Usage' });

export type UsageGroup = z.output<typeof groupShape>;
export type Usage = z.output<typeof usageShape>;

export const usageSchemas = {
  getUsage: {
    summary: 'Read how many requests a tenant, a key or a subscription made',
    query: z
      .strictObject({
        tenantId: tenantId.optional().meta({ description: 'Needed without a keyId' }),
        keyId: credentialId.optional().meta({ description: 'One key or subscription alone' }),
        ...rangeFields({
          from: 'by default one day before to; 30 days with groupBy=day',
          to: 'by default now. Up to 7 days after from hours are counted, up to 400 whole UTC days',
        }),
        groupBy: groupBy.default('day'),
      })
      .refine((query) => query.tenantId !== undefined || query.keyId !== undefined, {
        error: 'expected, or a keyId',
        path: ['tenantId'],
      }),
    answers: { 200: usageShape },
  },
} as const satisfies Record<string, OperationSchema>;
