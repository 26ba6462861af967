import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { triedInWords } from '../../bin/command/nouns/try-routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { accessLine, consumerOver, delivery } from '../support/usage.ts';

const ROUTE = { method: 'GET', path: '/v1/orders/{id}', permission: 'orders:read', public: false };
const cli = join(import.meta.dirname, '../../bin/cli.ts');

let dynamodb: TestDynamoDb;
let management: TestManagement;
let server: ManagementServer;
let keyId: string;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  server = await startManagementServer(management, (token) => (token === 'token-1' ? ADMIN : undefined));
  const made = async (call: string, body: object) => (await management.call(call, { body })).body;
  await made('POST /v1/tenants', { tenantId: 'tenant_acme', name: 'Acme' });
  const api = { name: 'orders', environment: 'live', scheme: 'tenant', routes: [ROUTE] };
  const { apiId } = await made('POST /v1/apis', api);
  const key = { name: 'Key', type: 'secret', environment: 'live', role: 'reader' };
  keyId = (await made('POST /v1/tenants/tenant_acme/keys', key)).key.keyId;
  const consumer = consumerOver(dynamodb.usage);
  const call = { route: '/v1/orders/{id}', apiId, keyId, sourceIp: '198.51.100.7' };
  await consumer(delivery(['1', '2'].map((id) => accessLine({ id, ...call }))));
  dynamodb.settle();
});
afterAll(async () => {
  await server.close();
  await dynamodb.close();
});

function tryRoutes(document: unknown, ...words: string[]) {
  const { KEYWRIGHT_TOKEN: _, ...outer } = process.env;
  const env = { ...outer, KEYWRIGHT_URL: server.url, KEYWRIGHT_TOKEN: 'token-1', KEYWRIGHT_NO_KEYCHAIN: '1' };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const args = [cli, 'apis', 'try', 'orders/live', '-', ...words];
    const child = execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end(JSON.stringify(document));
  });
}

test('apis try says which calls a file’s route table would refuse, ends with 1, and changes nothing', async () => {
  const stricter = { name: 'orders', routes: [{ ...ROUTE, permission: 'orders:write' }] };
  const { code, stdout, stderr } = await tryRoutes(stricter);
  expect(stderr).toBe('2 of 2 calls of the last seven days would be refused, of one caller.\n');
  expect([code, stdout]).toEqual([1, `tenant_acme\t${keyId}\tGET /v1/orders/{id}\t198.51.100.0/24\t2\n`]);
  const json = await tryRoutes(stricter, '--json');
  expect([json.code, JSON.parse(json.stdout).refused]).toEqual([1, 2]);
  const [api] = (await management.call('GET /v1/apis')).body.items;
  expect(api.routes).toEqual([ROUTE]);
});

test('apis try ends with 0 where nobody would be refused, and with 2 for what is no route table', async () => {
  expect(await tryRoutes({ routes: [ROUTE] })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'None of 2 calls of the last seven days would be refused.\n',
  });
  for (const other of [{}, [ROUTE], null, 'routes'])
    expect(await tryRoutes(other)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds no list of routes'),
    });
  const wrong = await tryRoutes({ routes: [{ ...ROUTE, path: 'orders' }] });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('routes.0.path')]);
});

test('what counts can not tell is said', () => {
  const none = { calls: 0, refused: 0, admittedAnew: 0, unknown: 0, keysLookedAt: 0, isAll: true, keys: [] };
  expect(triedInWords(none)).toBe('No calls of the last seven days to compare with.');
  const keys = ['key_a', 'key_b'].map((key) => ({ tenantId: 'tenant_acme', keyId: key, refused: 600 }));
  const many = {
    calls: 88_310,
    refused: 1200,
    admittedAnew: 3,
    unknown: 31,
    keysLookedAt: 100,
    isAll: false,
  };
  expect(triedInWords({ ...many, keys })).toBe(
    "1,200 of 88,310 calls of the last seven days would be refused, of 2 callers. 3 that are refused now would be let in. Of 31 it can't be told. Only the 100 busiest callers were looked at.",
  );
  expect(triedInWords({ ...none, calls: 1 })).toBe('None of 1 call of the last seven days would be refused.');
});
