import { z } from 'zod';
import { type ProtectedApi, ROUTE_METHODS, repeatedRoute, routeProblem } from '../../domain/protected-api.ts';
import type { OperationSchema } from '../operation.ts';
import { apiId, cursor, environment, limit, name, pageOf, permission, someOf } from './fields.ts';

const MOST_ROUTES = 100;

const method = z.enum(ROUTE_METHODS);
const route = z
  .strictObject({
    method,
    path: z.string().min(1).max(200).meta({ example: '/v1/orders/{orderId}' }),
    permission: permission.nullish().meta({ description: 'Absent or null for the default rule’s' }),
    public: z.boolean().default(false).meta({ description: 'Whether publishable keys may read it' }),
  })
  .transform(({ method, path, permission, public: isPublic }) => ({
    method,
    path,
    public: isPublic,
    ...(permission && { permission }),
  }))
  .superRefine((entry, context) => {
    const problem = routeProblem(entry);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, path: ['path'] });
  });
const routes = z
  .array(route)
  .max(MOST_ROUTES)
  .superRefine((table, context) => {
    const index = repeatedRoute(table);
    if (index !== -1) {
      context.addIssue({
        code: 'custom',
        message: 'an earlier route has the same method and path',
        path: [index],
      });
    }
  });

const apiShape = z
  .strictObject({
    apiId,
    name: z.string(),
    environment,
    scheme: z.enum(['tenant', 'subscription']),
    clientKeyRequired: z.boolean(),
    routes: z.array(
      z.strictObject({ method, path: z.string(), permission: z.string().nullable(), public: z.boolean() }),
    ),
    oauth: z
      .strictObject({
        issuer: z.string(),
        audience: z.string(),
        requiredScopes: z.array(z.string()),
        requiredRoles: z.array(z.string()),
      })
      .nullable(),
  })
  .meta({ id: 'Api' });

/** A protected API as people see it. */
export function presentApi(api: ProtectedApi) {
  return {
    apiId: api.apiId,
    name: api.name,
    environment: api.environment,
    scheme: api.scheme,
    clientKeyRequired: false,
    routes: api.routes.map(({ method, path, permission, public: isPublic }) => ({
      method,
      path,
      permission: permission ?? null,
      public: isPublic,
    })),
    oauth: null,
  };
}

const apiPath = z.object({ apiId });

export const apiSchemas = {
  createApi: {
    summary: 'Register a protected API',
    body: z.strictObject({
      apiId: apiId.optional(),
      name,
      environment,
      scheme: z.literal('tenant', 'expected tenant: the subscription scheme is not supported yet'),
      clientKeyRequired: z
        .literal(false, 'expected false: client keys come with the subscription scheme, not supported yet')
        .optional(),
      routes: routes.default([]),
    }),
    idempotent: true,
    answers: { 201: apiShape, 200: apiShape.meta({ description: 'A repeat: the same API' }) },
  },
  listApis: {
    summary: 'List protected APIs, newest first',
    query: z.strictObject({ limit, cursor }),
    answers: { 200: pageOf(apiShape) },
  },
  getApi: { summary: 'Read a protected API', path: apiPath, answers: { 200: apiShape } },
  updateApi: {
    summary: 'Rename a protected API or replace its route table',
    path: apiPath,
    body: someOf({ name: name.optional(), routes: routes.optional() }),
    answers: { 200: apiShape },
  },
} as const satisfies Record<string, OperationSchema>;
