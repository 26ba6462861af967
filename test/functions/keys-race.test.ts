import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { liveSecrets } from '../../core/domain/keys/api-key.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, TestManagement } from '../support/management.ts';
import { atOnce } from '../support/race.ts';

const TENANT_ID = 'tenant_race';
const TENANT = `/v1/tenants/${TENANT_ID}`;
let dynamodb: TestDynamoDb;
let management: TestManagement;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT_ID, name: 'Race' } });
});
afterAll(() => dynamodb.close());

async function create(): Promise<string> {
  const body = { name: 'Race', type: 'secret', environment: 'live', role: 'writer' };
  return (await management.call(`POST ${TENANT}/keys`, { body })).body.key.keyId;
}

test.each([0, 86_400])(
  'of two admins rotating at once, overlap %i, one wins and the other is told',
  async (overlapSeconds) => {
    for (let round = 0; round < 25; round++) {
      const keyId = await create();
      const rotate = (claims: typeof ADMIN) =>
        management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { claims, body: { overlapSeconds } });
      const answers = await atOnce(management.keys, 2, () =>
        Promise.all([rotate(ADMIN), rotate(SECOND_ADMIN)]),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const winner = answers.find(({ status }) => status === 200);
      const loser = answers.find(({ status }) => status === 409);
      expect(loser?.body.error.code).toBe('conflict');
      const key = await management.keys.get(TENANT_ID, keyId);
      if (key === undefined) throw new Error('the key is gone');
      expect(liveSecrets(key, management.clock)).toHaveLength(overlapSeconds === 0 ? 1 : 2);
      const newest = key.digests[key.secrets[0]?.id ?? ''];
      expect(newest && management.pepper.verifies(winner?.body.secret, newest)).toBe(true);
    }
  },
);

test('of many different changes at once, each that was acknowledged is there', async () => {
  for (let round = 0; round < 10; round++) {
    const keyId = await create();
    const path = `${TENANT}/keys/${keyId}`;
    const [rotated, renamed, disabled, revoked] = await Promise.all([
      management.call(`POST ${path}/rotate`, { body: {} }),
      management.call(`PATCH ${path}`, { body: { name: 'Renamed' } }),
      management.call(`POST ${path}/disable`),
      management.call(`POST ${path}/revoke`),
    ]);
    const acknowledged = [rotated, renamed, disabled, revoked].filter(({ status }) => status === 200);
    expect(acknowledged.length).toBeGreaterThan(0);
    const key = await management.keys.get(TENANT_ID, keyId);
    expect(key?.revision).toBe(1 + acknowledged.length);
    expect(key?.secrets.length === 2).toBe(rotated.status === 200);
    expect(key?.name === 'Renamed').toBe(renamed.status === 200);
    expect(key?.status === 'revoked').toBe(revoked.status === 200);
  }
});

test('a digest that an authorizer rewrites between read and write is neither lost nor in the way', async () => {
  const keyId = await create();
  const key = await management.keys.get(TENANT_ID, keyId);
  const secretId = key?.secrets[0]?.id ?? '';
  const rewritten = { pepper: 'v2', hmac: 'rewritten under the current pepper' };
  // Between the read and the write of a rotation.
  const update = management.keys.update.bind(management.keys);
  management.keys.update = async (before, change) => {
    await dynamodb.main.client.send(
      new UpdateCommand({
        TableName: dynamodb.main.name,
        Key: itemKey.credential(keyId.slice('key_'.length)),
        UpdateExpression: 'SET digests.#id = :digest',
        ExpressionAttributeNames: { '#id': secretId },
        ExpressionAttributeValues: { ':digest': rewritten },
      }),
    );
    return update(before, change);
  };
  const rotation = await management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { body: {} });
  management.keys.update = update;
  expect(rotation.status).toBe(200);
  const after = await management.keys.get(TENANT_ID, keyId);
  expect(after?.digests[secretId]).toEqual(rewritten);
  expect(Object.keys(after?.digests ?? {})).toHaveLength(2);
});
