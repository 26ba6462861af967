import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { itemKey } from '../../core/store/item-keys.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { authorizerFor, decide, issuedText } from '../support/imports.ts';
import { TestManagement } from '../support/management.ts';

/** Lets each call of one importer wait for its turn, and stops it for good after some of them. */
class Turns {
  wait: (commandName: string) => Promise<void> = async () => undefined;
  left = Number.POSITIVE_INFINITY;
  readonly middleware =
    <Input, Output>(
      next: (input: Input) => Promise<Output>,
      { commandName = '' }: { commandName?: string },
    ) =>
    async (input: Input): Promise<Output> => {
      await this.wait(commandName);
      if (--this.left < 0) throw new Error('stopped');
      return next(input);
    };
}

/** An importer in a process of its own. */
interface Importer {
  readonly turns: Turns;
  readonly management: TestManagement;
  tenantId: string;
}

const KEY = { name: 'Partner', type: 'secret', environment: 'live', role: 'writer' };
let dynamodb: TestDynamoDb;
let management: TestManagement;
let apis: { tenant: string; subscription: string };
let productIds: string[];
let importers: Importer[];
const clients: DynamoDBDocumentClient[] = [];
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const create = async (path: string, body: object) => (await management.call(`POST ${path}`, { body })).body;
  const api = async (scheme: string): Promise<string> =>
    (await create('/v1/apis', { name: scheme, environment: 'live', scheme })).apiId;
  apis = { tenant: await api('tenant'), subscription: await api('subscription') };
  const product = async () =>
    (await create('/v1/products', { name: 'Payments', apiIds: [apis.subscription] })).productId as string;
  productIds = [await product(), await product()];
  importers = [importer(), importer(), importer()];
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await dynamodb.close();
});

function importer(): Importer {
  const { endpoint, main } = dynamodb;
  const plain = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials: CREDENTIALS });
  const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
  const turns = new Turns();
  client.middlewareStack.add(turns.middleware as never, { step: 'initialize' });
  clients.push(client);
  const own = { ...dynamodb, main: { client, name: main.name } };
  return { turns, management: new TestManagement(own), tenantId: '' };
}

/** Gives each importer a tenant: its own, or one for all. */
async function assignTenants(same: boolean): Promise<void> {
  const ids = importers.map(() => `tenant_${randomUUID().slice(0, 8)}`);
  for (const [index, one] of importers.entries()) {
    one.tenantId = ids[same ? 0 : index] ?? '';
    one.turns.wait = async () => undefined;
    one.turns.left = Number.POSITIVE_INFINITY;
  }
  for (const tenantId of new Set(importers.map((one) => one.tenantId))) {
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  }
}

interface Result {
  readonly result: string;
  readonly id?: string;
}

async function bring({ management: own, tenantId }: Importer, path: string, row: object): Promise<Result> {
  const { status, body } = await own.call(`POST /v1/tenants/${tenantId}/${path}/import`, {
    body: { rows: [row] },
  });
  return status === 200 ? body.results[0] : { result: `status ${status}` };
}

/** Whom a new authorizer takes the sender of a text for. */
function use({ tenantId }: Importer, path: string, text: string): Promise<string> {
  const apiId = path === 'keys' ? apis.tenant : apis.subscription;
  const authorizer = authorizerFor(dynamodb, management, apiId, () => undefined);
  const header = path === 'keys' ? 'x-api-key' : 'Ocp-Apim-Subscription-Key';
  return decide(authorizer, { [header]: text, 'x-tn': tenantId });
}

/** Rows that want the same texts, one for each importer. */
const ROWS: Readonly<Record<string, { path: string; rows: (texts: readonly string[]) => object[] }>> = {
  'the same key': { path: 'keys', rows: ([key]) => [KEY, KEY, KEY].map((row) => ({ ...row, key })) },
  'a subscription’s keys, in another order': {
    path: 'subscriptions',
    rows: ([a, b]) => {
      const row = (
        productId: string | undefined,
        primary: string | undefined,
        secondary: string | undefined,
      ) => ({
        name: 'Partner',
        productId,
        primary: { key: primary },
        secondary: { key: secondary },
      });
      return [row(productIds[0], a, b), row(productIds[0], b, a), row(productIds[1], a, b)];
    },
  },
};

const wanted = (row: object): string[] => {
  const { key, primary, secondary } = row as Record<string, { key: string }> & { key?: string };
  return [key, primary?.key, secondary?.key].filter((text) => text !== undefined);
};

describe.each(Object.entries(ROWS))('importers who bring %s at once', (_, { path, rows: rowsOf }) => {
  const says = async (index: number, row: object, { result, id }: Result) => {
    if (result !== 'created' && result !== 'exists') return;
    for (const text of wanted(row)) {
      expect([result, await use(importers[index] as Importer, path, text)]).toEqual([result, id]);
    }
  };

  test.each([
    ['each into a tenant of its own', false],
    ['into one tenant', true],
  ])(
    '%s, in whatever order their calls arrive: one has made it, and what is said to be made works',
    async (_, same) => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          await assignTenants(same);
          const rows = rowsOf([issuedText(), issuedText()]);
          for (const { turns } of importers)
            turns.wait = (name) => scheduler.schedule(Promise.resolve(), name);
          const results = await scheduler.waitFor(
            Promise.all(importers.map((one, index) => bring(one, path, rows[index] ?? {}))),
          );
          for (const { turns } of importers) turns.wait = async () => undefined;
          const made = results.filter(({ result }) => result === 'created').length;
          // On a machine so slow that nobody’s turn comes in time, all are told to send again.
          expect([made, made === 0 && results.some(({ result }) => result === 'pending')]).toEqual(
            made === 1 ? [1, false] : [0, true],
          );
          expect(
            results.filter(({ result }) => !/^(?:created|exists|invalid|pending)$/.test(result)),
          ).toEqual([]);
          for (const [index, row] of rows.entries()) await says(index, row, results[index] as Result);
        }),
        { numRuns: 8 },
      );
    },
  );

  test('one of whom is stopped anywhere: what is said to be made works, and sending again settles it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat({ max: 14 }), fc.boolean(), async (scheduler, calls, same) => {
        await assignTenants(same);
        const rows = rowsOf([issuedText(), issuedText()]);
        for (const { turns } of importers) turns.wait = (name) => scheduler.schedule(Promise.resolve(), name);
        if (importers[0]) importers[0].turns.left = calls;
        const results = await scheduler.waitFor(
          Promise.all(importers.map((one, index) => bring(one, path, rows[index] ?? {}))),
        );
        for (const { turns } of importers) {
          turns.wait = async () => undefined;
          turns.left = Number.POSITIVE_INFINITY;
        }
        for (const [index, row] of rows.entries()) await says(index, row, results[index] as Result);
        for (const [index, row] of rows.entries()) {
          const again = await bring(importers[index] as Importer, path, row);
          expect(again.result).toMatch(/^(?:created|exists|invalid)$/);
          await says(index, row, again);
        }
      }),
      { numRuns: 8 },
    );
  });
});

test('an importer who was held up before the last write finds the key taken, and says so', async () => {
  await assignTenants(false);
  const [slow, quick] = importers as [Importer, Importer];
  const key = issuedText();
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let puts = 0;
  slow.turns.wait = async (name) => {
    if (name !== 'PutItemCommand' || ++puts !== 2) return;
    reached.resolve();
    await released.promise;
  };
  const held = bring(slow, 'keys', { ...KEY, key });
  await reached.promise;
  const won = await bring(quick, 'keys', { ...KEY, key });
  released.resolve();
  expect(won).toMatchObject({ result: 'created' });
  expect(await held).toMatchObject({ result: 'invalid', param: 'key' });
  expect(await use(quick, 'keys', key)).toBe(won.id);
  const { body } = await management.call(`GET /v1/tenants/${slow.tenantId}/keys`);
  expect(body.items).toEqual([]);
});

test('what bars a credential is no credential to anybody, and the row can still be imported', async () => {
  await assignTenants(false);
  const [first, second] = importers as [Importer, Importer];
  const key = issuedText();
  first.turns.wait = async (name) => {
    if (name === 'PutItemCommand') first.turns.left = Math.min(first.turns.left, 1);
  };
  expect((await bring(first, 'keys', { ...KEY, key })).result).not.toBe('created');
  // The second bars the first's credential, and is stopped before it takes the key.
  second.turns.wait = async (name) => {
    if (name === 'PutItemCommand') second.turns.left = Math.min(second.turns.left, 1);
  };
  await bring(second, 'keys', { ...KEY, key });
  const barred = (await dynamodb.everything()).find((item) => item.barred === true);
  const id = String(barred?.pk).slice('CRED#'.length);
  expect(barred).toEqual({ ...itemKey.credential(id), barred: true });
  expect(await use(first, 'keys', key)).toBe('unknown_key');
  const read = await management.call(`GET /v1/tenants/${first.tenantId}/keys/key_${id}`);
  expect(read.status).toBe(404);
  expect((await management.call(`GET /v1/subscriptions/sub_${id}`)).status).toBe(404);
  expect((await management.call('POST /v1/imports/release', { body: { key } })).status).toBe(404);
  first.turns.wait = async () => undefined;
  first.turns.left = Number.POSITIVE_INFINITY;
  const again = await bring(first, 'keys', { ...KEY, key });
  expect(again).toMatchObject({ result: 'created' });
  expect(again.id).not.toBe(`key_${id}`);
  expect(await use(first, 'keys', key)).toBe(again.id);
});

describe('where the same was asked for a moment ago, works at once', () => {
  const tenantId = `tenant_${randomUUID().slice(0, 8)}`;
  let warm: Awaited<ReturnType<typeof authorizerFor>>;
  const create = async (path: string, body: object) => {
    const answer = await management.call(`POST ${path}`, { body });
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body;
  };
  const keyWith = async (tenant: string, role: string) => {
    const body = { name: 'Of a moment ago', type: 'secret', environment: 'live', role };
    const { key, secret } = await create(`/v1/tenants/${tenant}/keys`, body);
    return { keyId: key.keyId as string, headers: { 'x-api-key': secret as string, 'x-tn': tenant } };
  };
  beforeAll(async () => {
    await create('/v1/tenants', { tenantId, name: 'Warm' });
    warm = authorizerFor(dynamodb, management, apis.tenant, () => undefined);
    const { keyId, headers } = await keyWith(tenantId, 'writer');
    expect(await decide(warm, headers)).toBe(keyId);
  });

  test('a key of a role that was made after its tenant was read', async () => {
    const path = `PUT /v1/tenants/${tenantId}/roles/courier`;
    expect((await management.call(path, { body: { permissions: ['orders:read'] } })).status).toBe(200);
    const { keyId, headers } = await keyWith(tenantId, 'courier');
    expect(await decide(warm, headers)).toBe(keyId);
  });

  test('a key of a tenant that was asked for before there was one', async () => {
    const later = `tenant_${randomUUID().slice(0, 8)}`;
    const { headers } = await keyWith(tenantId, 'writer');
    expect(await decide(warm, { ...headers, 'x-tn': later })).toBe('tenant_mismatch');
    await create('/v1/tenants', { tenantId: later, name: 'Later' });
    const own = await keyWith(later, 'writer');
    expect(await decide(warm, own.headers)).toBe(own.keyId);
  });

  test('a key whose role is gone costs one reading more, and is refused by that one', async () => {
    const path = `/v1/tenants/${tenantId}/roles/courier`;
    const { keyId, headers } = await keyWith(tenantId, 'courier');
    expect(await decide(warm, headers)).toBe(keyId);
    expect((await management.call(`DELETE ${path}`)).status).toBeLessThan(300);
    management.clock = new Date(management.clock.getTime() + 60_000);
    expect(await decide(warm, headers)).toBe('permission_missing');
  });
});
