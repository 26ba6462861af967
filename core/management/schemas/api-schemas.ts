import * as z from 'zod';
import { tagOf } from '../../domain/ground/entity-tag.ts';
import {
  type Description,
  type ProtectedApi,
  ROUTE_METHODS,
  repeatedRoute,
  routeProblem,
} from '../../domain/products/protected-api.ts';
import { type Answer, type OperationSchema, tagged } from '../operation.ts';
import {
  apiId,
  cursor,
  environment,
  limit,
  name,
  noBody,
  pageOf,
  permission,
  someOf,
  unique,
  webAddress,
} from './fields.ts';
import { exactText, maybeWords } from './texts.ts';

const MOST_ROUTES = 100;
const MOST_REQUIRED = 50;
const MOST_SCOPES = 10;
const LARGEST_DOCUMENT_BYTES = 2 * 1024 * 1024;
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

const method = z.enum(ROUTE_METHODS);
/** RFC 6749, 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'expected one scope');
const route = z
  .strictObject({
    method,
    path: z.string().min(1).max(200).meta({ example: '/v1/orders/{orderId}', pattern: '^/' }),
    permission: permission.nullish().meta({ description: 'Absent or null for the default rule’s' }),
    public: z.boolean().default(false).meta({ description: 'Whether publishable keys may read it' }),
    scopes: z.array(scope).max(MOST_SCOPES).transform(unique).nullish().meta({
      description: 'Of an API with oauth: what the token must have besides requiredScopes, all of them',
    }),
  })
  .transform(({ method, path, permission, public: isPublic, scopes }) => ({
    method,
    path,
    public: isPublic,
    ...(permission && { permission }),
    ...(scopes?.length && { scopes }),
  }))
  .superRefine((entry, context) => {
    const problem = routeProblem(entry);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, path: ['path'] });
  });
const ROUTE = { method: 'GET', path: '/v1/orders/{orderId}', permission: 'orders:read', public: false };
export const routes = z
  .array(route)
  .max(MOST_ROUTES)
  .meta({ example: [ROUTE] })
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

const requiredOf = (item: z.ZodString) =>
  z.array(item).max(MOST_REQUIRED).transform(unique).default([]).meta({ description: 'All of them' });
const oauth = z
  .strictObject({
    issuer: z
      .string()
      .max(500)
      .refine(
        isIssuer,
        'expected an https URL without query and fragment (http for localhost alone), written as URLs are: host in lower case, no port that is usual',
      )
      .meta({
        description: 'iss of its tokens; its keys are found by OpenID Connect discovery',
        format: 'uri',
        pattern: '^https?://[^?#\\s]+$',
      }),
    audience: exactText(500),
    requiredScopes: requiredOf(scope),
    requiredRoles: requiredOf(exactText(200)),
  })
  .nullable()
  .meta({ description: 'The access token that callers must send as well; null for none' });
const clientKeyRequired = z
  .boolean()
  .meta({ description: 'Whether callers must send the API’s client key as well' });
const description = maybeWords(1000).meta({
  description: 'What it does, for whoever chooses an API',
  example: 'Charges cards and refunds them',
});
const baseUrl = webAddress.meta({
  description: 'Where callers reach it, before the paths of its routes',
  example: 'https://api.example.com/payments',
});
const scheme = z.enum(['tenant', 'subscription']);
const API_NAME = { example: 'payments' };
const apiName = z.string().meta(API_NAME);

const apiShape = z
  .strictObject({
    apiId,
    name: apiName,
    environment,
    scheme,
    clientKeyRequired,
    clientKeyPublished: z
      .literal(true)
      .optional()
      .meta({ description: 'Present where everybody is shown the client key, with the public products' }),
    routes: z
      .array(
        z.strictObject({
          method,
          path: z.string(),
          permission: z.string().nullable(),
          public: z.boolean(),
          scopes: z.array(z.string()).optional().meta({ description: 'Absent where it asks for none' }),
        }),
      )
      .meta({ example: [ROUTE] }),
    oauth: z
      .strictObject({
        issuer: z.string(),
        audience: z.string(),
        requiredScopes: z.array(z.string()),
        requiredRoles: z.array(z.string()),
      })
      .nullable(),
    description: z.string().nullable().meta({ example: 'Charges cards and refunds them' }),
    baseUrl: z.string().nullable().meta({ example: 'https://api.example.com/payments' }),
    openapi: z
      .strictObject({ title: z.string(), version: z.string(), operations: z.int() })
      .nullable()
      .meta({
        description: 'What its OpenAPI document says of itself; null where it has none',
        example: { title: 'Payments', version: '1.4.0', operations: 12 },
      }),
  })
  .meta({ id: 'Api' });
const openApiDocument = z.looseObject({ openapi: z.string() }).meta({
  description: 'An OpenAPI document, 3.0 or 3.1, as JSON, with all that it refers to inside',
  example: {
    openapi: '3.1.1',
    info: { title: 'Orders', version: '1.4.0' },
    paths: {
      '/v1/orders': { get: { summary: 'List orders', responses: { 200: { description: 'Orders' } } } },
    },
  },
});
const clientKeyShape = z.strictObject({
  clientKey: z.string().meta({ description: 'The whole key', example: 'ck_live_Hq3vB8nX1mZ6…h7Kp' }),
});

/** A protected API as people see it. */
export function presentApi(api: ProtectedApi) {
  return {
    apiId: api.apiId,
    name: api.name,
    environment: api.environment,
    scheme: api.scheme,
    clientKeyRequired: api.clientKeyRequired ?? false,
    ...(api.publicClientKey !== undefined && { clientKeyPublished: true as const }),
    routes: api.routes.map(({ method, path, permission, public: isPublic, scopes }) => ({
      method,
      path,
      permission: permission ?? null,
      public: isPublic,
      ...(scopes && { scopes: [...scopes] }),
    })),
    oauth: api.oauth ?? null,
    description: api.description ?? null,
    baseUrl: api.baseUrl ?? null,
    openapi: api.openapi ? presentDescription(api.openapi) : null,
  };
}

function presentDescription({ title, version, operations }: Description) {
  return { title, version, operations };
}

/** One API, as an answer. */
export function answerOfApi(status: 200 | 201, api: ProtectedApi): Answer {
  return tagged(tagOf(api), { status, body: presentApi(api) });
}

export const apiPath = z.object({ apiId });

export const apiSchemas = {
  createApi: {
    summary: 'Register a protected API',
    body: z.strictObject({
      apiId: apiId.optional(),
      name: name.meta(API_NAME),
      environment,
      scheme,
      clientKeyRequired: clientKeyRequired.optional(),
      routes: routes.default([]),
      oauth: oauth.optional(),
      description: description.optional(),
      baseUrl: baseUrl.optional(),
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
    summary:
      'Change a protected API’s name, route table, what its callers must send, or what they are told of it',
    path: apiPath,
    body: someOf({
      name: name.meta(API_NAME).optional(),
      routes: routes.optional(),
      clientKeyRequired: clientKeyRequired.optional(),
      oauth: oauth.optional(),
      description: description.nullish(),
      baseUrl: baseUrl.nullish(),
    }),
    answers: { 200: apiShape },
  },
  putApiOpenApi: {
    summary:
      'Give an API its OpenAPI document, in place of the one before; what is wrong with it is named by place',
    path: apiPath,
    body: openApiDocument,
    largestBodyBytes: LARGEST_DOCUMENT_BYTES,
    answers: { 200: apiShape },
  },
  getApiOpenApi: {
    summary:
      'An API’s OpenAPI document as its callers read it: with our servers and securitySchemes, the permission of each operation in x-keywright-permission (null for any key), its scopes in x-keywright-scopes, and for operators alone what is x-internal',
    path: apiPath,
    answers: { 200: openApiDocument },
  },
  revealClientKey: {
    summary: 'Show the client key of an API of the subscription scheme; each showing is audited',
    path: apiPath,
    body: noBody,
    answers: { 200: clientKeyShape },
  },
  regenerateClientKey: {
    summary: 'Replace an API’s client key; the one before is refused within seconds',
    path: apiPath,
    body: noBody,
    answers: { 200: clientKeyShape },
  },
  publishClientKey: {
    summary: 'Show a sandbox API’s client key to everybody who reads the catalogue of public products',
    path: apiPath,
    body: noBody,
    answers: { 200: apiShape },
  },
  unpublishClientKey: {
    summary: 'Show an API’s client key to everybody no more; replace it if they are to know it no more',
    path: apiPath,
    body: noBody,
    answers: { 200: apiShape },
  },
} as const satisfies Record<string, OperationSchema>;

/**
 * OpenID Connect Discovery 1.0, 3: an https URL without query and fragment. Tokens are compared with its
 * text, so it can't be put into the form that is fetched: it has to have that form.
 */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || /[\s?#]/.test(text)) return false;
  const { href, protocol, hostname, username, password } = new URL(text);
  if (href !== text && href !== `${text}/`) return false;
  const local = protocol === 'http:' && LOCAL_HOSTS.includes(hostname);
  return (protocol === 'https:' || local) && username === '' && password === '';
}
