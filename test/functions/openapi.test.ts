import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { SCHEMAS } from '../../functions/openapi/document.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { PROJECT } from '../support/local-server.ts';
import { TestManagement } from '../support/management.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document of arbitrary depth
let document: any;

beforeAll(async () => {
  // Nothing is stored or read to answer.
  const management = new TestManagement({ main: {}, audit: {}, settle() {} } as TestDynamoDb);
  const answer = await management.call('GET /openapi.json', { claims: {} });
  expect(answer.status).toBe(200);
  document = answer.body;
});

const operationOf = (key: string) => {
  const [method = '', path = ''] = key.split(' ');
  return document.paths[path]?.[method.toLowerCase()];
};

test('the document describes exactly the routes that there are', () => {
  const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(ROUTES.map(({ key }) => key).sort());
  for (const { key, operation } of ROUTES) expect(operationOf(key).operationId).toBe(operation);
});

test('the client’s types are made from this document', () => {
  const types = readFileSync(join(PROJECT, 'client/openapi-types.ts'), 'utf8');
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  // If this fails: npm run generate:client
  expect(/SHA-256 is (\w+)/.exec(types)?.[1]).toBe(digest);
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
  expect(JSON.stringify(document)).not.toContain('$defs');
});

describe.each(ROUTES.map((route: (typeof ROUTES)[number] & ManagementRoute) => route))(
  '$key',
  ({ key, operation, roles, iam, configures }) => {
    test('has the parameters of its path, its answers and its errors', () => {
      const described = operationOf(key);
      const inPath = (described.parameters ?? []).filter(
        (parameter: { in: string }) => parameter.in === 'path',
      );
      const names = [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }: { name: string }) => name)).toEqual(names);
      for (const status of Object.keys(SCHEMAS[operation].answers))
        expect(described.responses).toHaveProperty(status);
      expect(described.responses['500'].content['application/json'].schema).toEqual({
        $ref: '#/components/schemas/Error',
      });
      const forPeople = roles.length === 0 ? [] : [{ person: [] }];
      const forPrincipals = iam || configures ? [{ aws: [] }] : [];
      expect(described.security).toEqual([...forPeople, ...forPrincipals]);
      const below = configures ? [{ url: '/' }, expect.objectContaining({ url: '/iam' })] : undefined;
      expect(described.servers).toEqual(below);
    });
  },
);

test('bodies are described as they are validated: required, bounded, closed', () => {
  const body = operationOf('POST /v1/tenants/{tenantId}/keys').requestBody;
  const schema = body.content['application/json'].schema;
  expect(body.required).toBe(true);
  expect(schema.required).toEqual(['name', 'type', 'environment', 'role']);
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties.name).toMatchObject({ type: 'string', minLength: 1, maxLength: 100 });
  expect(operationOf('POST /v1/tenants/{tenantId}/keys/{keyId}/rotate').requestBody.required).toBe(false);
});

test('every operation may be throttled by the gateway, whose bodies are told apart from ours', () => {
  const ours = { $ref: '#/components/schemas/Error' };
  const gateways = { $ref: '#/components/schemas/GatewayError' };
  const bodyOf = (key: string, status: number) =>
    operationOf(key).responses[status]?.content['application/json'].schema;
  for (const route of ROUTES as readonly ManagementRoute[]) {
    const { key, roles, iam, configures } = route;
    expect([key, bodyOf(key, 429)]).toEqual([key, gateways]);
    expect([key, bodyOf(key, 401)]).toEqual([
      key,
      roles.length > 0 ? { anyOf: [ours, gateways] } : undefined,
    ]);
    expect([key, bodyOf(key, 403)]).toEqual([key, iam || configures ? { anyOf: [ours, gateways] } : ours]);
  }
});

test('paths, queries and bodies are described as closely as they are checked', () => {
  for (const { key } of ROUTES) {
    const { parameters = [], requestBody } = operationOf(key);
    for (const { in: place, name, schema } of parameters) {
      const isClosed = schema.pattern !== undefined || schema.enum !== undefined;
      if (place === 'path') expect([key, name, isClosed]).toEqual([key, name, true]);
    }
    if (!key.startsWith('PATCH')) continue;
    const body = requestBody.content['application/json'].schema;
    expect([key, body.minProperties, body.additionalProperties]).toEqual([key, 1, false]);
    expect([key, requestBody.required]).toEqual([key, true]);
  }
  const limit = operationOf('GET /v1/tenants').parameters.find(
    ({ name }: { name: string }) => name === 'limit',
  );
  expect(limit.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100 });
  const api = operationOf('POST /v1/apis').requestBody.content['application/json'].schema;
  expect(JSON.stringify(api.properties.oauth)).toContain('"format":"uri"');
});

test('the patterns of texts are ones that readers of the document can use', () => {
  const { properties } = operationOf('POST /v1/tenants').requestBody.content['application/json'].schema;
  const pattern = new RegExp(properties.name.pattern, 'u');
  for (const good of ['Größe', ' x ', '👩‍👩‍👧', '語'])
    expect([good, pattern.test(good)]).toEqual([good, true]);
  for (const bad of ['', '  ', 'a\u0000', 'a\nb', '\u202ea', 'a\ufeff'])
    expect(pattern.test(bad)).toBe(false);
});

test('what is created safely says so', () => {
  for (const key of [
    'POST /v1/tenants',
    'POST /v1/tenants/{tenantId}/keys',
    'POST /v1/apis',
    'POST /v1/products',
    'POST /v1/subscriptions',
  ]) {
    expect(operationOf(key).parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }),
    );
  }
});
