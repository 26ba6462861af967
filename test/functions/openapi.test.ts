import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import type { OperationSchema } from '../../core/management/operation.ts';
import { SCHEMAS } from '../../functions/openapi/document.ts';
import type { TestDynamoDb } from '../support/dynamodb.ts';
import { PROJECT } from '../support/local-server.ts';
import { TestManagement } from '../support/management.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document of arbitrary depth
let document: any;

beforeAll(async () => {
  // Nothing is stored or read to answer.
  const management = new TestManagement({
    ...{ main: {}, audit: {}, regional: {}, settle() {} },
  } as TestDynamoDb);
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

test('what a key policy may refuse says so, and what names something says that it may not be there', () => {
  const answering = (status: number) =>
    ROUTES.filter(({ key }) => operationOf(key).responses[status] !== undefined).map(
      ({ operation }) => operation,
    );
  expect(answering(422)).toEqual(['createKey', 'updateKey', 'rotateKey']);
  for (const status of [404, 409]) expect(answering(status)).toContain('registerSecret');
  expect(answering(404)).not.toContain('getCatalogue');
});

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

describe('examples', () => {
  interface Example {
    /** A JSON pointer to the schema. */
    readonly schema: string;
    readonly example: unknown;
  }
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  beforeAll(() => {
    ajv.addSchema(document, 'openapi');
  });

  const pointerOf = (parts: readonly string[]) =>
    parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const partAt = (pointer: string) =>
    pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce((part, name) => part[name], document);
  /** To compile a schema takes longer than all the rest, and many are alike. */
  const judged = new Set<string>();
  const faultsOf = ({ schema, example }: Example) => {
    if (example === undefined) return [`${schema} has none`];
    const both = JSON.stringify([partAt(schema), example]);
    if (judged.has(both)) return [];
    judged.add(both);
    const validate = ajv.getSchema(`openapi#${encodeURI(schema)}`);
    if (validate?.(example)) return [];
    return (validate?.errors ?? []).map(
      ({ instancePath, message }) => `${schema} ${instancePath} ${message}`,
    );
  };

  // biome-ignore lint/suspicious/noExplicitAny: a part of the document
  const exampleOf = ({ example, examples }: any) => {
    const [referred] = Object.values(Object(examples)) as { $ref: string }[];
    return example ?? document.components.examples[String(referred?.$ref.split('/').at(-1))]?.value;
  };
  const bodies = (): Example[] =>
    ROUTES.flatMap(({ key, operation }) => {
      const [method = '', path = ''] = key.split(' ');
      const { requestBody, responses } = operationOf(key);
      const at = ['paths', path, method.toLowerCase()];
      const answers = Object.keys(SCHEMAS[operation].answers).map(
        (status) => [[...at, 'responses', status], responses[status]] as const,
      );
      return [[[...at, 'requestBody'], requestBody] as const, ...answers].flatMap(([place, part]) =>
        Object.entries(Object(part?.content)).map(([type, body]) => ({
          schema: pointerOf([...place, 'content', type, 'schema']),
          example: exampleOf(body),
        })),
      );
    });

  test('every operation’s body and answer has one that its own schema accepts', () => {
    const all = bodies();
    expect(all.length).toBeGreaterThan(ROUTES.length);
    expect(all.flatMap(faultsOf)).toEqual([]);
  });

  test('a body’s is one that the operation takes', () => {
    for (const { key, operation } of ROUTES) {
      const { body }: OperationSchema = SCHEMAS[operation];
      const example = exampleOf(Object(operationOf(key).requestBody?.content)['application/json'] ?? {});
      expect([key, body?.safeParse(example).error?.issues]).toEqual([key, undefined]);
    }
  });

  test('a parameter’s is one that its own schema accepts', () => {
    const all = ROUTES.flatMap(({ key }): Example[] => {
      const [method = '', path = ''] = key.split(' ');
      const { parameters = [] } = operationOf(key);
      return parameters.flatMap(
        ({ example, schema }: { example?: unknown; schema: { example?: unknown } }, i: number) => {
          const shown = example ?? schema.example;
          const at = ['paths', path, method.toLowerCase(), 'parameters', String(i), 'schema'];
          return shown === undefined ? [] : [{ schema: pointerOf(at), example: shown }];
        },
      );
    });
    expect(all.length).toBeGreaterThan(ROUTES.length / 2);
    expect(all.flatMap(faultsOf)).toEqual([]);
  });

  test('none holds a text that could be a key, and the document stays small', () => {
    const words = JSON.stringify([document.components.examples, bodies()]).split(/\W+/);
    expect(words.filter((word) => new KeyFormat().parse(word) !== undefined)).toEqual([]);
    expect(words).toContain('sk_live_8sK2mQ4vXz1b');
    expect(JSON.stringify(document).length).toBeLessThan(500_000);
  });
});
