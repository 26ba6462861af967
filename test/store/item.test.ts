import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { createTenant, updateTenant } from '../../core/domain/tenants/tenant.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { signedFetch } from '../support/signed-fetch.ts';

let dynamodb: TestDynamoDb;
let lossy: { table: { client: DynamoDBDocumentClient; name: string }; loseNextWrite(): void; close(): void };

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  lossy = await startLossy(dynamodb);
});
afterAll(async () => {
  lossy.close();
  await dynamodb.close();
});

const now = new Date('2026-11-22T12:00:00.000Z');
const context = () => ({
  now,
  actor: { type: 'admin' as const, id: 'person-admin' },
  requestId: 'request-1',
  eventId: eventId(now, randomBytes),
});

test('a write whose answer was lost is done, not a conflict', async () => {
  const store = new TenantStore(lossy.table);
  const created = createTenant({ tenantId: 'tenant_lost', name: 'Lost' }, context());
  lossy.loseNextWrite();
  expect(await store.create(created, undefined)).toEqual({ state: created.state, replayed: false });

  const renamed = updateTenant(created.state, { name: 'Found' }, context());
  if (renamed === undefined) throw new Error('no change');
  lossy.loseNextWrite();
  await store.update(created.state, renamed);
  expect(await store.get('tenant_lost')).toEqual(renamed.state);
});

test('a change that was decided on an earlier state is a conflict and changes nothing', async () => {
  const store = new TenantStore(dynamodb.main);
  const created = createTenant({ tenantId: 'tenant_conflict', name: 'One' }, context());
  await store.create(created, undefined);
  const first = updateTenant(created.state, { name: 'Two' }, context());
  const second = updateTenant(created.state, { name: 'Three' }, context());
  if (first === undefined || second === undefined) throw new Error('no change');
  await store.update(created.state, first);
  await expect(store.update(created.state, second)).rejects.toMatchObject({ code: 'conflict' });
  expect(await store.get('tenant_conflict')).toEqual(first.state);
});

test('an item that is not there is not brought about by a change', async () => {
  const store = new TenantStore(dynamodb.main);
  const { state } = createTenant({ tenantId: 'tenant_never', name: 'Never' }, context());
  const change = updateTenant(state, { name: 'Ever' }, context());
  if (change === undefined) throw new Error('no change');
  await expect(store.update(state, change)).rejects.toMatchObject({ code: 'conflict' });
  expect(await store.get('tenant_never')).toBeUndefined();
});

test('what others keep in an item survives a change', async () => {
  const store = new TenantStore(dynamodb.main);
  const idempotency = { key: 'k', body: 'b' };
  const created = createTenant({ tenantId: 'tenant_kept', name: 'One' }, context());
  await store.create(created, idempotency);
  const change = updateTenant(created.state, { name: 'Two' }, context());
  if (change === undefined) throw new Error('no change');
  await store.update(created.state, change);
  expect(await store.create(created, idempotency)).toEqual({ state: change.state, replayed: true });
});

/** A way to DynamoDB that loses the answer to a write when told to. */
async function startLossy({ endpoint, main }: TestDynamoDb) {
  let lose = false;
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers['x-amz-target']);
    const headers = { 'x-amz-target': target, 'content-type': String(request.headers['content-type']) };
    // The host is signed too, so what the client signed for this server is signed anew for the other.
    const answer = await signedFetch(endpoint, 'dynamodb', { headers, body });
    const answered = await answer.text();
    if (lose && /PutItem|UpdateItem/.test(target)) {
      lose = false;
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(answered);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  );
  return {
    table: { client, name: main.name },
    loseNextWrite: () => {
      lose = true;
    },
    close: () => {
      client.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
