import * as z from 'zod';
import type { EventType } from '../events.ts';
import { type EventDefinition, event } from './definition.ts';
import { changeOf, environment, hint, name, quota, rateLimits, strings } from './values.ts';

const apiFields = {
  name,
  routes: z
    .array(
      z.strictObject({
        method: z.string(),
        path: z.string(),
        permission: z.string().optional(),
        public: z.boolean(),
        scopes: strings.optional(),
      }),
    )
    .meta({ description: 'Rules that differ from the default permission' }),
  oauth: z
    .strictObject({
      issuer: z.string(),
      audience: z.string(),
      requiredScopes: strings,
      requiredRoles: strings,
    })
    .nullable()
    .meta({ description: 'null where no access token is required' }),
  description: z.string().nullable(),
  baseUrl: z.string().nullable(),
};

const document = z
  .strictObject({ id: z.string(), parts: z.int(), bytes: z.int() })
  .nullable()
  .meta({ description: 'Which text it is, of so many bytes' });
const productFields = {
  name,
  description: z.string(),
  apiIds: strings,
  requiresApproval: z.boolean(),
  plan: z.strictObject({
    rateLimits,
    quota: quota.optional(),
  }),
};
const catalogueFields = {
  visibility: z.enum(['public', 'tenants', 'hidden']).nullable(),
  tenantIds: strings.nullable(),
  documentation: document,
  termsUrl: z.string().nullable(),
  termsVersion: z.string().nullable(),
  order: z.int().nullable(),
};

/** Protected APIs, their client keys, and the products that bundle them. They belong to no tenant. */
export const CATALOGUE_EVENTS = {
  'api.created': event({
    when: 'A protected API was registered.',
    actors: ['admin', 'principal'],
    subjects: ['api'],
    data: z.strictObject({
      ...apiFields,
      environment,
      scheme: z.enum(['tenant', 'subscription']),
      clientKeyRequired: z.boolean(),
    }),
    example: {
      name: 'Orders',
      environment: 'live',
      scheme: 'tenant',
      routes: [{ method: 'POST', path: '/v1/refunds', permission: 'refunds:write', public: false }],
      clientKeyRequired: false,
      oauth: null,
      description: 'Orders and refunds of the web shop',
      baseUrl: 'https://api.example.com/orders',
    },
  }),
  'api.updated': event({
    when: 'A protected API was renamed, or its routes or requirements were changed.',
    actors: ['admin', 'principal'],
    subjects: ['api'],
    data: z.strictObject(
      changeOf({
        ...apiFields,
        clientKeyRequired: z.boolean().nullable(),
        clientKeyPublished: z.boolean(),
        openapi: z
          .strictObject({
            document,
            title: z.string(),
            version: z.string(),
            operations: z.int(),
            callersOperations: z.int().optional(),
          })
          .nullable()
          .meta({ description: 'What its OpenAPI document says of itself' }),
      }),
    ),
    example: { from: { name: 'Orders' }, to: { name: 'Orders and refunds' } },
  }),
  'clientKey.revealed': event({
    when: 'The client key of an API was shown to somebody, or published.',
    actors: ['admin'],
    subjects: ['api'],
    data: z.strictObject({
      hint,
      published: z
        .literal(true)
        .optional()
        .meta({ description: 'Present where it is shown to everybody from then on' }),
    }),
    example: { hint: 'x7Qp' },
  }),
  'clientKey.regenerated': event({
    when: 'The client key of an API was replaced; the one before works no more.',
    actors: ['admin'],
    subjects: ['api'],
    data: z.strictObject({ hint }),
    example: { hint: 'c2Rt' },
  }),
  'product.created': event({
    when: 'A product was made of APIs and a plan.',
    actors: ['admin', 'principal'],
    subjects: ['product'],
    data: z.strictObject({ ...productFields, ...z.object(catalogueFields).partial().shape, environment }),
    example: {
      name: 'Payments',
      description: 'Charges and refunds',
      environment: 'live',
      apiIds: ['api_Payments0001'],
      requiresApproval: true,
      plan: {
        rateLimits: [{ limit: 600, windowSeconds: 60 }],
        quota: { limit: 100_000, period: 'month' },
      },
    },
  }),
  'product.updated': event({
    when: 'A product or its plan was changed; its subscriptions follow at once.',
    actors: ['admin', 'principal'],
    subjects: ['product'],
    data: z.strictObject(changeOf({ ...productFields, ...catalogueFields })),
    example: { from: { requiresApproval: true }, to: { requiresApproval: false } },
  }),
} as const satisfies Partial<Record<EventType, EventDefinition>>;
