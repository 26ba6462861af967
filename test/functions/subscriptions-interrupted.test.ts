import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { Interruption } from '../support/interruption.ts';
import { localKms } from '../support/local-kms.ts';
import { TestManagement } from '../support/management.ts';
import { areTheKeys, createProducts, TENANT_ID } from '../support/subscriptions.ts';

/** All that each operation asks of AWS, in order. */
const REGENERATION = ['GetItemCommand', 'GetItemCommand', 'Encrypt', 'UpdateItemCommand'];
const CREATION = [
  'GetItemCommand',
  'GetItemCommand',
  'GetItemCommand',
  'GetItemCommand',
  'Encrypt',
  'Encrypt',
  'PutItemCommand',
];
const SHOWING = [
  'GetItemCommand',
  'GetItemCommand',
  // The product and its API.
  'GetItemCommand',
  'GetItemCommand',
  'Decrypt',
  'Decrypt',
  'UpdateItemCommand',
];

const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let productId = '';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  management = new TestManagement(dynamodb, { kms: interruption.through(localKms(dynamodb)) });
  productId = (await createProducts(management)).immediate;
});
afterAll(() => dynamodb.close());

const create = (key: string) =>
  management.call('POST /v1/subscriptions', {
    body: { tenantId: TENANT_ID, productId, name: 'Shop' },
    headers: { 'idempotency-key': key },
  });
const act = (subscriptionId: string, action: string) =>
  management.call(`POST /v1/subscriptions/${subscriptionId}/${action}`);

async function reveal(subscriptionId: string): Promise<{ primaryKey: string; secondaryKey: string }> {
  const { status, body } = await act(subscriptionId, 'keys/reveal');
  expect(status).toBe(200);
  expect(await areTheKeys(management, subscriptionId, body)).toBe(true);
  return body;
}

describe.each([
  ['before', false],
  ['after', true],
])('stopped %s any call to AWS', (when, happens) => {
  test('a regeneration leaves both slots whole, and a retry does it', async () => {
    const regenerate = (subscriptionId: string) => act(subscriptionId, 'keys/primary/regenerate');
    for (let step = 0; step <= REGENERATION.length; step++) {
      const { subscriptionId } = (await create(`regenerate-${when}-${step}`)).body;
      const before = await reveal(subscriptionId);
      const { answer, calls } = await interruption.during(step, happens, () => regenerate(subscriptionId));
      expect(calls).toEqual(REGENERATION.slice(0, happens ? step + 1 : step));
      expect(answer.status).toBe(step === REGENERATION.length ? 200 : 500);
      const after = await reveal(subscriptionId);
      expect(after.secondaryKey).toBe(before.secondaryKey);
      expect(after.primaryKey !== before.primaryKey).toBe(calls.length === REGENERATION.length);
      const retry = await regenerate(subscriptionId);
      expect(retry.status).toBe(200);
      expect(await reveal(subscriptionId)).toEqual({ ...before, primaryKey: retry.body.key });
    }
  });

  test('a request for a subscription leaves none, or one whose keys can be shown; a retry makes it', async () => {
    for (let step = 0; step <= CREATION.length; step++) {
      const key = `create-${when}-${step}`;
      const { answer, calls } = await interruption.during(step, happens, () => create(key));
      expect(calls).toEqual(CREATION.slice(0, happens ? step + 1 : step));
      expect(answer.status).toBe(step === CREATION.length ? 201 : 500);
      const retry = await create(key);
      expect(retry.status).toBe(calls.length === CREATION.length ? 200 : 201);
      await reveal(retry.body.subscriptionId);
    }
  });

  test('a showing shows nothing, and the next one shows everything', async () => {
    const { subscriptionId } = (await create(`reveal-${when}`)).body;
    const keys = await reveal(subscriptionId);
    for (let step = 0; step < SHOWING.length; step++) {
      const showing = () => act(subscriptionId, 'keys/reveal');
      const { answer, calls } = await interruption.during(step, happens, showing);
      expect(calls).toEqual(SHOWING.slice(0, happens ? step + 1 : step));
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain(keys.primaryKey);
      expect(await reveal(subscriptionId)).toEqual(keys);
    }
  });
});

test('of regenerations of both slots at once none loses the other’s key', async () => {
  for (let round = 0; round < 5; round++) {
    const { subscriptionId } = (await create(`both-${round}`)).body;
    const before = await reveal(subscriptionId);
    const [primary, secondary] = await Promise.all([
      act(subscriptionId, 'keys/primary/regenerate'),
      act(subscriptionId, 'keys/secondary/regenerate'),
    ]);
    expect([primary.status, secondary.status]).toContain(200);
    expect(await reveal(subscriptionId)).toMatchObject({
      primaryKey: primary.status === 200 ? primary.body.key : before.primaryKey,
      secondaryKey: secondary.status === 200 ? secondary.body.key : before.secondaryKey,
    });
  }
});

test('of two regenerations of one slot at once one wins, and what it answered is the key', async () => {
  const { subscriptionId } = (await create('one slot')).body;
  for (let round = 0; round < 5; round++) {
    const { secondaryKey } = await reveal(subscriptionId);
    const answers = await Promise.all([
      act(subscriptionId, 'keys/primary/regenerate'),
      act(subscriptionId, 'keys/primary/regenerate'),
    ]);
    const winners = answers.filter(({ status }) => status === 200).map(({ body }) => body.key);
    expect(winners.length).toBeGreaterThan(0);
    const shown = await reveal(subscriptionId);
    expect(shown.secondaryKey).toBe(secondaryKey);
    expect(winners).toContain(shown.primaryKey);
  }
});
