import * as z from 'zod';
import { type ManagementRoute, SIGNED_BASE } from '../../core/contract/management-route.ts';
import { type Operation, ROUTES } from '../../core/contract/routes.ts';
import { IF_MATCH_PATTERN, tagOf } from '../../core/domain/ground/entity-tag.ts';
import { ERRORS, type ErrorStatus, errorSchema } from '../../core/management/error-answer.ts';
import { mayHaveIfMatch, type OperationSchema } from '../../core/management/operation.ts';
import { alertSchemas } from '../../core/management/schemas/alert-schemas.ts';
import { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { approvalSchemas } from '../../core/management/schemas/approval-schemas.ts';
import { auditSchemas } from '../../core/management/schemas/audit-schemas.ts';
import { dryRunSchemas } from '../../core/management/schemas/dry-run-schemas.ts';
import { evidenceSchemas } from '../../core/management/schemas/evidence-schemas.ts';
import { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import { leakSchemas } from '../../core/management/schemas/leak-schemas.ts';
import { memberSchemas } from '../../core/management/schemas/member-schemas.ts';
import { openApiSchemas } from '../../core/management/schemas/openapi-schemas.ts';
import { productSchemas } from '../../core/management/schemas/product-schemas.ts';
import { rotationSchemas } from '../../core/management/schemas/rotation-schemas.ts';
import { signUpSchemas } from '../../core/management/schemas/sign-up-schemas.ts';
import { subscriptionSchemas } from '../../core/management/schemas/subscription-schemas.ts';
import { summarySchemas } from '../../core/management/schemas/summary-schemas.ts';
import { tenantSchemas } from '../../core/management/schemas/tenant-schemas.ts';
import { usageSchemas } from '../../core/management/schemas/usage-schemas.ts';
import { verifySchemas } from '../../core/management/schemas/verify-schemas.ts';
import { COMPONENTS, exampleOf } from './example.ts';

type JsonObject = Record<string, unknown>;

/** What requests are validated with and answers are made of, by operation. */
export const SCHEMAS: Readonly<Record<Operation, OperationSchema>> = {
  ...tenantSchemas,
  ...keySchemas,
  ...apiSchemas,
  ...productSchemas,
  ...subscriptionSchemas,
  ...auditSchemas,
  ...approvalSchemas,
  ...usageSchemas,
  ...summarySchemas,
  ...evidenceSchemas,
  ...dryRunSchemas,
  ...alertSchemas,
  ...leakSchemas,
  ...verifySchemas,
  ...rotationSchemas,
  ...memberSchemas,
  ...signUpSchemas,
  ...openApiSchemas,
};

/** What API Gateway answers by itself, before any function is called. */
const gatewayErrorSchema = z
  .looseObject({ message: z.string() })
  .meta({ description: 'An answer of API Gateway’s own' });
const THROTTLED = 429;
const ETAG = {
  ETag: {
    description:
      'Of what is shown, for If-Match: strong and opaque. It changes with every change that people make',
    schema: { type: 'string' },
  },
};
const NO_STORE = { 'Cache-Control': { schema: { type: 'string', const: 'no-store' } } };

const SERVERS = [{ url: '/' }];
const SIGNED_SERVER = { url: SIGNED_BASE, description: 'For principals of AWS, who sign their requests' };

/** The management API as an OpenAPI 3.1 document. */
export function openApiDocument(): JsonObject {
  const components: JsonObject = {
    Error: jsonSchema(errorSchema, 'output', {}),
    GatewayError: jsonSchema(gatewayErrorSchema, 'output', {}),
  };
  const paths: Record<string, JsonObject> = {};
  for (const route of ROUTES) {
    const [method = '', path = ''] = route.key.split(' ');
    const operations = paths[path] ?? {};
    operations[method.toLowerCase()] = operationObject(route, SCHEMAS[route.operation], components);
    paths[path] = operations;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keywright management API',
      version: '1.0.0',
      description:
        'Tenants, roles, API keys, protected APIs, products, subscriptions and the audit log. For people who sign in; a request that carries an API key is refused.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: SERVERS,
    paths,
    components: {
      schemas: components,
      examples: examplesOf(components),
      securitySchemes: {
        person: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'An access token of the OpenID Connect issuer, with the claims sub, keywright:role (admin, developer or auditor), keywright:tenants and amr',
        },
        aws: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description:
            'Signature Version 4 for execute-api, by a principal of AWS that may execute-api:Invoke the route',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

function operationObject(
  route: ManagementRoute & { operation: string },
  schema: OperationSchema,
  components: JsonObject,
): JsonObject {
  const body = schema.body ?? schema.signedBody;
  const parameters = [
    ...parametersOf(schema.path, 'path', components),
    ...parametersOf(schema.query, 'query', components),
    ...(schema.idempotent ? [IDEMPOTENCY_KEY] : []),
    ...(mayHaveIfMatch(route) ? [IF_MATCH] : []),
  ];
  return {
    operationId: route.operation,
    summary: schema.summary,
    tags: [route.function],
    description: whoMayCall(route),
    ...(route.configures && { servers: [...SERVERS, SIGNED_SERVER] }),
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, components) }),
    responses: { ...answersOf(schema, components), ...errorsOf(route, schema) },
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the request safe to repeat: a repeat with the same body does nothing, and answers with what the first one made or changed, as it is by now and without any secret. Its header Idempotent-Replayed is true; where the first answer showed a secret, Keywright-Notice says how to go on',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]*$' },
  example: '01JD8Z2M4C-create-billing',
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description:
    'The ETag of what is changed, as it was read: where somebody changed it since, the answer is 412 and nothing is done. * where it only has to be there',
  schema: { type: 'string', pattern: IF_MATCH_PATTERN },
  example: tagOf({ revision: 3 }),
};

function securityOf({ roles, iam, configures }: ManagementRoute): JsonObject[] {
  if (iam) return [{ aws: [] }];
  if (configures) return [{ person: [] }, { aws: [] }];
  return roles.length === 0 ? [] : [{ person: [] }];
}

function whoMayCall({ roles, anyone, everyTenant, mfa, iam, configures }: ManagementRoute): string {
  if (iam) return 'For principals of AWS, by signed requests that IAM allows.';
  if (roles.length === 0) return 'For everyone.';
  const who = anyone ? 'For whoever signs in' : `For the roles ${roles.join(', ')}`;
  const reach = everyTenant ? ' who act for every tenant' : '';
  const signed = configures
    ? ` Below ${SIGNED_BASE} for principals of AWS, by signed requests that IAM allows.`
    : '';
  return `${who}${reach}${mfa ? ', signed in with a second factor' : ''}.${signed}`;
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query', components: JsonObject) {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', components) as {
    properties?: Record<string, JsonObject>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function requestBody(schema: z.ZodType, components: JsonObject): JsonObject {
  return {
    required: !schema.safeParse({}).success,
    content: { 'application/json': withExample(schema, 'input', components) },
  };
}

function answersOf({ answers, mediaType, csv }: OperationSchema, components: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done' }
        : {
            description: schema.description ?? 'Done',
            headers: { ...NO_STORE, ...(schema.meta()?.id !== undefined && ETAG) },
            content: {
              [mediaType ?? 'application/json']: withExample(schema, 'output', components),
              ...(csv && { 'text/csv': { schema: { type: 'string' }, example: csv } }),
            },
          },
    ]),
  );
}

/** The failures that an operation can answer with, each with the bodies that it then sends. */
function errorsOf(route: ManagementRoute, schema: OperationSchema): JsonObject {
  return Object.fromEntries(
    errorStatuses(route, schema).map((status) => [
      String(status),
      {
        description:
          status === THROTTLED ? 'More requests than the API takes at once' : codesOf(status).join(', '),
        ...(status === 401 && { headers: { 'WWW-Authenticate': { schema: { type: 'string' } } } }),
        ...(status === 503 && { headers: { 'Retry-After': { schema: { type: 'string' } } } }),
        content: { 'application/json': { schema: errorBody(status, route) } },
      },
    ]),
  );
}

/** The statuses of an operation's refusals and failures: its functions' own, and API Gateway's where it has enough. */
export function errorStatuses(route: ManagementRoute, schema: OperationSchema): number[] {
  const { key, roles } = route;
  const hasBody = schema.body !== undefined || schema.signedBody !== undefined;
  const namesSomething = schema.open !== true || schema.path !== undefined;
  const statuses: Readonly<Record<ErrorStatus | typeof THROTTLED, boolean>> = {
    400: hasBody || schema.query !== undefined || schema.idempotent === true || mayHaveIfMatch(route),
    401: roles.length > 0,
    403: true,
    404: namesSomething,
    409: namesSomething && !key.startsWith('GET '),
    412: mayHaveIfMatch(route),
    413: true,
    415: hasBody && schema.signedBody === undefined,
    422: schema.heldToKeyPolicy === true,
    [THROTTLED]: true,
    500: true,
    503: true,
  };
  return Object.entries(statuses).flatMap(([status, isAnswered]) => (isAnswered ? [Number(status)] : []));
}

/**
 * API Gateway answers a token that is none, a request that IAM does not allow, one too large for it, one of
 * too many, and a function that does not answer in time.
 */
function errorBody(status: number, { iam, configures }: ManagementRoute): JsonObject {
  const ours = { $ref: '#/components/schemas/Error' };
  const gateways = { $ref: '#/components/schemas/GatewayError' };
  if (status === THROTTLED) return gateways;
  const isEither = [401, 413, 503].includes(status) || (status === 403 && (iam ?? configures) === true);
  return isEither ? { anyOf: [ours, gateways] } : ours;
}

function codesOf(status: number): string[] {
  return Object.entries(ERRORS).flatMap(([code, error]) => (error.status === status ? [code] : []));
}

/** A body's schema and an example of it: of a component, the component's own. */
function withExample(schema: z.ZodType, io: 'input' | 'output', components: JsonObject): JsonObject {
  const { example: own, ...described } = jsonSchema(schema, io, components);
  if (typeof described.$ref === 'string') {
    const name = described.$ref.slice(COMPONENTS.length);
    return { schema: described, examples: { [name]: { $ref: `#/components/examples/${name}` } } };
  }
  return { schema: described, example: own ?? exampleOf(described, io, components) };
}

/** Examples of the components, each at one place: beside the schema that it is of. */
function examplesOf(components: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(components).map(([name, schema]) => [
      name,
      { value: exampleOf(Object(schema), 'output', components) },
    ]),
  );
}

/** A zod schema as JSON Schema 2020-12; schemas with an id move to `components` and are referred to. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: JsonObject): JsonObject {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      // The format says it; zod's pattern for it fills half a screen.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'uuid') delete jsonSchema.pattern;
    },
  }) as JsonObject;
  for (const [name, definition] of Object.entries(Object($defs) as JsonObject)) {
    const { id, ...shape } = definition as JsonObject;
    components[name] = shape;
  }
  return JSON.parse(JSON.stringify(rest).replaceAll('#/$defs/', COMPONENTS));
}
