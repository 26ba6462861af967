import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes } from '../support/four-eyes.ts';

let dynamodb: TestDynamoDb;
let eyes: FourEyes;
const ROLE = { permissions: ['orders:*'], description: '' };

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  eyes = await FourEyes.start(dynamodb);
});

const put = (role: string, body: object = ROLE) => {
  dynamodb.settle();
  return eyes.management.call(`PUT ${eyes.path(`/roles/${role}`)}`, { body });
};
const remove = (role: string) => eyes.management.call(`DELETE ${eyes.path(`/roles/${role}`)}`);
const keyWith = async (role: string, more: object = {}) => {
  const body = { name: 'Key', type: 'secret', environment: 'sandbox', role, ...more };
  return (await eyes.management.call(`POST ${eyes.path('/keys')}`, { body })).body.key.keyId;
};

/** A role that so many keys have, taken away. */
async function takenAway(role: string, keys: number): Promise<string[]> {
  await put(role);
  const ids: string[] = [];
  for (let i = 0; i < keys; i++) ids.push(await keyWith(role));
  expect((await remove(role)).status).toBe(204);
  return ids;
}

test.each([
  [1, '1 key has'],
  [3, '3 keys have'],
])('a role that %i keys still have is not made anew unless that is meant', async (count, words) => {
  await takenAway('clerk', count);
  const refused = await put('clerk');
  expect(refused).toMatchObject({
    status: 409,
    body: { error: { code: 'invalid_state', param: 'wakesKeys', message: expect.stringContaining(words) } },
  });
  expect((await put('clerk', { ...ROLE, wakesKeys: false })).status).toBe(409);
  expect((await eyes.tenant())?.roles).not.toHaveProperty('clerk');
  const made = await put('clerk', { ...ROLE, wakesKeys: true });
  expect([made.status, made.body]).toEqual([200, { role: 'clerk', ...ROLE }]);
  // What is stored is the role, and not how it was asked for.
  expect((await eyes.tenant())?.roles).toMatchObject({ clerk: ROLE });
  expect((await eyes.management.tenants.get(eyes.tenantId))?.roles.clerk).toEqual(ROLE);
  expect((await dynamodb.lastEvent(itemKey.tenant(eyes.tenantId))).data).toEqual({
    from: null,
    to: ROLE,
    wokenKeys: count,
  });
  // It is there now: to change it asks nothing.
  expect((await put('clerk', { ...ROLE, permissions: ['*:*'] })).status).toBe(200);
});

test('a role that was there before comes back freely once no key has it', async () => {
  const [revoked, moved, expired] = await takenAway('clerk', 3);
  const keys = eyes.path('/keys');
  await eyes.management.call(`POST ${keys}/${revoked}/revoke`, { body: {} });
  await eyes.management.call(`PATCH ${keys}/${moved}`, { body: { role: 'reader' } });
  const expiresAt = new Date(eyes.management.clock.getTime() + 3_600_000).toISOString();
  await eyes.management.call(`PATCH ${keys}/${expired}`, { body: { expiresAt } });
  expect((await put('clerk')).status).toBe(409);
  eyes.wait(2);
  expect((await put('clerk')).status).toBe(200);
  const { data } = await dynamodb.lastEvent(itemKey.tenant(eyes.tenantId));
  expect(data).not.toHaveProperty('wokenKeys');
});

test('a disabled key would wake, too, once it is enabled', async () => {
  const [keyId] = await takenAway('clerk', 1);
  await eyes.management.call(`POST ${eyes.path(`/keys/${keyId}/disable`)}`);
  expect((await put('clerk')).status).toBe(409);
});

test('a new name asks nothing, and of no other tenant’s keys', async () => {
  const other = await FourEyes.start(dynamodb);
  await takenAway('clerk', 1);
  expect((await put('another')).status).toBe(200);
  const answer = await other.management.call(`PUT ${other.path('/roles/clerk')}`, { body: ROLE });
  expect(answer.status).toBe(200);
});

describe('which names were taken away is known', () => {
  const former = async () => (await eyes.tenant())?.formerRoles;

  test('for as long as they are not there', async () => {
    await takenAway('clerk', 0);
    await takenAway('cook', 0);
    expect(await former()).toEqual(['cook', 'clerk']);
    await put('clerk');
    expect(await former()).toEqual(['cook']);
  });

  test('of a hundred; where there were more, or an older version took some away, the keys are asked', async () => {
    await takenAway('clerk', 1);
    const names = Array.from({ length: 100 }, (_, i) => `former-${i}`);
    await dynamodb.main.client.send(
      new UpdateCommand({
        TableName: dynamodb.main.name,
        Key: itemKey.tenant(eyes.tenantId),
        UpdateExpression: 'SET formerRoles = :names',
        ExpressionAttributeValues: { ':names': names },
      }),
    );
    await takenAway('one-more', 0);
    expect(await former()).toBeUndefined();
    expect((await put('clerk')).status).toBe(409);
    expect((await put('new')).status).toBe(200);
    await remove('new');
    expect(await former()).toBeUndefined();
  });
});

describe('beside others', () => {
  test('a role that is taken away as it is changed is not made anew by the change', async () => {
    await put('clerk');
    await keyWith('clerk');
    const { tenants } = eyes.management;
    const update = tenants.update.bind(tenants);
    tenants.update = async (...change) => {
      tenants.update = update;
      await remove('clerk');
      return update(...change);
    };
    const answer = await put('clerk', { ...ROLE, permissions: ['*:*'] });
    expect(answer.status).toBe(409);
    expect((await eyes.tenant())?.roles).not.toHaveProperty('clerk');
  });

  test('it waits for a second admin, who sees that keys are woken; unasked-for it does not even wait', async () => {
    await takenAway('clerk', 2);
    await eyes.requireApproval();
    expect((await put('clerk')).status).toBe(409);
    const waiting = await put('clerk', { ...ROLE, wakesKeys: true });
    expect(waiting.body.approval.body).toMatchObject({ wakesKeys: true });
    expect((await eyes.decide(waiting.body.approval.approvalId, 'approve')).status).toBe(200);
    const { data } = await dynamodb.lastEvent(itemKey.tenant(eyes.tenantId));
    expect(data).toMatchObject({ wokenKeys: 2, approval: { requestedBy: 'person-admin' } });
  });

  test('keys that come to have the name before it is approved are not woken by it', async () => {
    await eyes.requireApproval();
    const first = await eyes.request('PUT', '/roles/clerk', ROLE);
    const second = await eyes.request('PUT', '/roles/clerk', { ...ROLE, permissions: ['*:*'] });
    await eyes.decide(first, 'approve');
    await keyWith('clerk');
    const gone = await eyes.request('DELETE', '/roles/clerk');
    await eyes.decide(gone, 'approve');
    dynamodb.settle();
    expect((await eyes.decide(second, 'approve')).status).toBe(409);
    expect((await eyes.tenant())?.roles).not.toHaveProperty('clerk');
  });
});
