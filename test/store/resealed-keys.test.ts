import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SealedTexts } from '../../core/aws/sealed-text.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { type Resealing, sealAnew } from '../../core/store/resealed-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { Interruption } from '../support/interruption.ts';
import { DATA_KEY, localKms } from '../support/local-kms.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const NEW_KEY = 'mrk-1';
const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let resealing: Resealing;
let keyOf: (id: string) => SealedTexts;
let productId = '';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  productId = (await createProducts(management)).immediate;
  const kms = interruption.through(localKms(dynamodb));
  dynamodb.aws.createKey(DATA_KEY, {});
  dynamodb.aws.createKey(NEW_KEY, {});
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  keyOf = (id) => new SealedTexts(kms, id);
  resealing = { main: dynamodb.main, now: keyOf(NEW_KEY), before: keyOf(DATA_KEY) };
});
afterAll(() => dynamodb.close());

/** A subscription and an API whose client key is published, sealed by the key before. */
async function owners(): Promise<{ subscriptionId: string; apiId: string }> {
  const body = { tenantId: TENANT_ID, productId, name: 'Shop' };
  const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
  const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  await management.call(`POST /v1/apis/${apiId}/client-key/publish`);
  await dynamodb.settle();
  return { subscriptionId, apiId };
}

async function openedBy(
  texts: Pick<SealedTexts, 'open'>,
  { subscriptionId, apiId }: Awaited<ReturnType<typeof owners>>,
) {
  const subscription = (await dynamodb.item(itemKey.credential(credentialIdOf(subscriptionId)))) as Record<
    string,
    string
  >;
  const api = (await dynamodb.item(itemKey.api(apiId))) as Record<string, string> & {
    clientKey: { createdAt: string };
  };
  const published = { owner: apiId, slot: 'publicClientKey', createdAt: api.clientKey.createdAt };
  return Promise.all([
    texts.open(String(subscription.sealedPrimary), { owner: subscriptionId, slot: 'primary' }),
    texts.open(String(subscription.sealedSecondary), { owner: subscriptionId, slot: 'secondary' }),
    texts.open(String(api.sealedClientKey), { owner: apiId, slot: 'clientKey' }),
    ...(api.publicClientKey === undefined ? [] : [texts.open(api.publicClientKey, published)]),
  ]);
}

test('every text is sealed by the key of now, once, and nothing else of its item changes', async () => {
  const made = await owners();
  const before = await openedBy(resealing.before, made);
  expect(before).not.toContain(undefined);
  const key = itemKey.credential(credentialIdOf(made.subscriptionId));
  const {
    sealedPrimary: _,
    sealedSecondary: __,
    ...rest
  } = (await dynamodb.item(key)) as Record<string, unknown>;
  const report = await sealAnew(resealing);
  expect(report.left).toEqual([]);
  expect(report.sealed).toBeGreaterThanOrEqual(before.length);
  expect(await openedBy(resealing.now, made)).toEqual(before);
  expect((await openedBy(resealing.before, made)).every((text) => text === undefined)).toBe(true);
  expect(await dynamodb.item(key)).toMatchObject(rest);
  expect(await sealAnew(resealing)).toEqual({ sealed: 0, left: [] });
});

describe.each([
  ['before', false],
  ['after', true],
])('cut off %s any call to AWS', (_, happens) => {
  test('it goes on where it was, and nothing is lost', async () => {
    const made = await owners();
    await sealAnew(resealing);
    const texts = await openedBy(resealing.now, made);
    // Back and forth, so that each step finds as much to do as the one before.
    let [from, to] = [keyOf(NEW_KEY), keyOf(DATA_KEY)];
    for (let step = 0; ; step++) {
      const turn = { main: dynamodb.main, now: to, before: from };
      const { answer } = await interruption.during(step, happens, () =>
        sealAnew(turn).catch((error: Error) => error.message),
      );
      expect(step > 0 || typeof answer === 'string').toBe(true);
      expect((await sealAnew(turn)).left).toEqual([]);
      expect(await openedBy(to, made)).toEqual(texts);
      if (typeof answer !== 'string') {
        await sealAnew({ main: dynamodb.main, now: keyOf(NEW_KEY), before: keyOf(DATA_KEY) });
        return;
      }
      [from, to] = [to, from];
    }
  }, 60_000);
});

test('a text that neither key opens is named and stays, and holds no other up', async () => {
  const [broken, whole] = [await owners(), await owners()];
  const { pk, sk } = itemKey.credential(credentialIdOf(broken.subscriptionId));
  const ExpressionAttributeValues = { ':sealed': 'bm90aGluZw==' };
  const UpdateExpression = 'SET sealedPrimary = :sealed';
  await dynamodb.main.client.send(
    new UpdateCommand({
      ...{ TableName: dynamodb.main.name, Key: { pk, sk } },
      ...{ UpdateExpression, ExpressionAttributeValues },
    }),
  );
  const texts = await openedBy(resealing.before, whole);
  expect((await sealAnew(resealing)).left).toEqual([broken.subscriptionId]);
  expect(await openedBy(resealing.now, whole)).toEqual(texts);
  expect(await dynamodb.item({ pk, sk })).toMatchObject({ sealedPrimary: 'bm90aGluZw==' });
});
