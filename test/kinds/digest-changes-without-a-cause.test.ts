import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { problemsOf } from '../../core/contract/event-schemas/event-schemas.ts';
import { EVENT_TYPES } from '../../core/contract/events.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { recordFilter } from '../../emulator/aws/event-filter.ts';
import { arrivalsOf, isDelivery } from '../../functions/publisher/stream-record.ts';
import { synthesize, WHOLE } from '../infra/synthesized-stacks.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { bringOne, issuedText } from '../support/imports.ts';
import { upkeepOn } from '../support/key-upkeep.ts';
import { TestManagement } from '../support/management.ts';
import { eventFor, recordOf } from '../support/publisher.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const CHANGED = 'apiKey.digestsChanged';
let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { immediate: string };
const records: DynamoDBRecord[] = [];

const ofTheStream = (table = 'keywright') =>
  synthesize(WHOLE).one('AWS::Lambda::EventSourceMapping', ({ EventSourceArn }) =>
    String(EventSourceArn).includes(`/${table}/stream/`),
  ).Properties;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await dynamodb.aws.createEventSourceMapping(
    {
      EventSourceArn: `arn:aws:dynamodb:eu-central-1:000000000000:table/${dynamodb.main.name}/stream/watched`,
      FunctionName: 'publisher',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      FilterCriteria: ofTheStream().FilterCriteria as never,
    },
    {
      name: 'publisher',
      invoke: async (event) => void records.push(...(event as DynamoDBStreamEvent).Records),
      warm: async () => undefined,
      stop: async () => undefined,
    },
  );
  products = await createProducts(management);
});
afterAll(() => dynamodb.close());

/** Everything that the publisher would make of what was written so far. */
async function told() {
  await dynamodb.emitted();
  const last = (await dynamodb.emitted()).at(-1)?.id;
  const isThere = () => records.some((record) => JSON.stringify(record).includes(String(last)));
  for (let i = 0; i < 200 && !isThere(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  return records
    .flatMap((record) => arrivalsOf(record))
    .filter(isDelivery)
    .map(({ event }) => event);
}

async function call(methodAndPath: string, body: object = {}) {
  const answer = await management.call(methodAndPath, { body });
  if (answer.status >= 300) throw new Error(`${methodAndPath}: ${answer.text}`);
  return answer.body;
}

const KEYS = `/v1/tenants/${TENANT_ID}/keys`;
async function newKey() {
  const { key, secret } = await call(`POST ${KEYS}`, {
    name: 'Key',
    type: 'secret',
    environment: 'live',
    role: 'writer',
  });
  return { keyId: key.keyId as string, secret: secret as string };
}

test('nothing that Keywright does to a credential is told as a change without a cause', async () => {
  const rotated = await newKey();
  await call(`POST ${KEYS}/${rotated.keyId}/rotate`, { overlapSeconds: 60 });
  await call(`POST ${KEYS}/${rotated.keyId}/end-overlap`);
  await call(`POST ${KEYS}/${rotated.keyId}/disable`);
  await call(`POST ${KEYS}/${rotated.keyId}/enable`);
  await call(`PATCH ${KEYS}/${rotated.keyId}`, { name: 'Other', role: 'reader' });
  await call(`POST ${KEYS}/${rotated.keyId}/revoke`);
  const leaked = await newKey();
  const body = { tenantId: TENANT_ID, productId: products.immediate, name: 'Billing' };
  const { subscriptionId } = await call('POST /v1/subscriptions', body);
  const { primaryKey, secondaryKey } = await call(`POST /v1/subscriptions/${subscriptionId}/keys/reveal`);
  await call('POST /v1/leaks', { keys: [leaked.secret, primaryKey] });
  await call(`POST /v1/subscriptions/${subscriptionId}/keys/primary/regenerate`);
  const { apiId } = await call('POST /v1/apis', { name: 'a', environment: 'live', scheme: 'subscription' });
  await call(`POST /v1/apis/${apiId}/client-key/regenerate`);
  await call(`PATCH /v1/apis/${apiId}`, { name: 'b' });
  const text = issuedText();
  await bringOne(management, 'keys', { key: text });
  const newer = Pepper.parse(JSON.stringify({ current: 'v2', v1: 'p'.repeat(64), v2: 'q'.repeat(64) }));
  const { upkeep } = upkeepOn(
    dynamodb.main,
    async () => newer,
    () => management.clock.getTime(),
  );
  await upkeep.ask({ credentialId: credentialIdOf(subscriptionId), text: secondaryKey, pepper: newer });
  await call(`POST /v1/subscriptions/${subscriptionId}/suspend`);
  await call(`POST /v1/subscriptions/${subscriptionId}/cancel`);
  const types = (await told()).map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['apiKey.revoked', 'apiKey.leaked', 'clientKey.regenerated']));
  expect(types).not.toContain(CHANGED);
});

describe('whoever writes a digest past Keywright is told of, whatever is left beside it', () => {
  const forged = { pepper: 'v1', hmac: 'a secret of their own' };
  const update = async (
    pk: { pk: string; sk: string },
    expression: string,
    values: object,
    names: object = {},
  ) =>
    dynamodb.main.client.send(
      new UpdateCommand({
        TableName: dynamodb.main.name,
        Key: { pk: pk.pk, sk: pk.sk },
        UpdateExpression: expression,
        ExpressionAttributeValues: { ...values },
        ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
      }),
    );
  const tellingOf = async (id: string) => {
    // Something after it, by which to know that it has come.
    await newKey();
    return (await told()).filter(({ type, subject }) => type === CHANGED && subject.id === id);
  };

  test.each(['replaced', 'added', 'without its event', 'with the event of another change'])(
    'a key’s digest, %s',
    async (how) => {
      const { keyId } = await newKey();
      const place = itemKey.credential(credentialIdOf(keyId));
      const [secretId = ''] = Object.keys(Object((await dynamodb.item(place))?.digests));
      const id = how === 'added' ? 's9' : secretId;
      const names = { '#id': id };
      if (how === 'with the event of another change') {
        const event = { ...eventFor(TENANT_ID), subject: { type: 'apiKey', id: keyId } };
        const data = { from: { name: 'a' }, to: { name: 'b' } };
        const values = { ':d': forged, ':e': { ...event, data } };
        await update(place, 'SET digests.#id = :d, lastEvent = :e', values, names);
      } else if (how === 'without its event') {
        await update(place, 'SET digests.#id = :d REMOVE lastEvent', { ':d': forged }, names);
      } else await update(place, 'SET digests.#id = :d', { ':d': forged }, names);
      const told = await tellingOf(keyId);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({
        tenantId: TENANT_ID,
        actor: { type: 'system' },
        data: { secrets: [id] },
      });
      expect(problemsOf(told[0])).toEqual([]);
      expect(JSON.stringify(told)).not.toContain(forged.hmac);
    },
  );

  test('a whole key that nobody created', async () => {
    const place = itemKey.credential('MadeUpKey000');
    const Item = { ...place, keyId: 'key_MadeUpKey000', tenantId: TENANT_ID, digests: { s1: forged } };
    await dynamodb.main.client.send(new PutCommand({ TableName: dynamodb.main.name, Item }));
    expect(await tellingOf('key_MadeUpKey000')).toHaveLength(1);
  });

  test('an API’s client key', async () => {
    const { apiId } = await call('POST /v1/apis', { name: 'c', environment: 'live', scheme: 'subscription' });
    await update(itemKey.api(apiId), 'SET clientKey.digest = :d', { ':d': forged });
    expect(await tellingOf(apiId)).toMatchObject([{ tenantId: null, data: { secrets: ['clientKey'] } }]);
  });

  test('the same record is the same event, however often it is delivered', async () => {
    const { keyId } = await newKey();
    const place = itemKey.credential(credentialIdOf(keyId));
    await update(place, 'SET digests.#id = :d', { ':d': forged }, { '#id': 's9' });
    const [first] = await tellingOf(keyId);
    const [second] = records
      .flatMap((record) => arrivalsOf(record))
      .filter(isDelivery)
      .filter(({ event }) => event.subject.id === keyId && event.type === CHANGED);
    expect(second?.event).toEqual(first);
  });
});

test('of any two images and any event between them, a change of digests is told unless its event can make one', () => {
  const digest = fc.record({ pepper: fc.constantFrom('v1', 'v2'), hmac: fc.constantFrom('a', 'b', '') });
  const digests = fc.dictionary(fc.constantFrom('s1', 's2', 'primary'), digest, { maxKeys: 2 });
  const event = fc.option(
    fc.record({
      type: fc.constantFrom(...EVENT_TYPES),
      secret: fc.constantFrom('s1', 's2', 'primary', 3, undefined),
    }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(fc.option(digests), fc.option(digests), event, (before, after, beside) => {
      const place = { pk: 'CRED#000000000001', sk: 'CRED', tenantId: TENANT_ID, keyId: 'key_000000000001' };
      const own = { ...eventFor(TENANT_ID), ...beside, data: { secret: beside?.secret } };
      const lastEvent = beside === undefined ? undefined : JSON.parse(JSON.stringify(own));
      const image = (held: object | null, more: object = {}) =>
        held === null ? undefined : toAttributes({ ...place, digests: { ...held }, ...more });
      const [OldImage, NewImage] = [image(before), image(after, lastEvent && { lastEvent })];
      const record = {
        eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/keywright/stream/1',
        dynamodb: {
          Keys: toAttributes({ pk: place.pk, sk: place.sk }),
          SequenceNumber: '1',
          OldImage,
          NewImage,
        },
      } as unknown as DynamoDBRecord;
      const isTold = arrivalsOf(record)
        .filter(isDelivery)
        .some((delivery) => delivery.event.type === CHANGED && delivery.event.id !== own.id);
      const ids = ['s1', 's2', 'primary'].filter(
        (id) => JSON.stringify(before?.[id]) !== JSON.stringify(after?.[id]),
      );
      const type = after === null ? undefined : beside?.type;
      const renews = type === 'apiKey.updated' && ids.length === 1 && beside?.secret === ids[0];
      const makes =
        /^(apiKey\.(created|rotated|overlapEnded|revoked|expired|leaked)|subscription\.(requested|keyRegenerated|rejected|cancelled)|api\.created|clientKey\.regenerated)$/;
      expect(isTold).toBe(ids.length > 0 && !renews && !makes.test(type ?? ''));
    }),
    { numRuns: 500 },
  );
});

test('what a thief with an authorizer’s or a backend’s role can write brings no event but a sighting of its own key', () => {
  const kinds = fc.constantFrom('SEEN#000000000001', 'SEEN#000000000002', 'LIMIT#000000000001');
  const id = fc.constantFrom('key_000000000001', 'sub_000000000001', 'key_000000000002', 'tenant_acme');
  const type = fc.constantFrom(...EVENT_TYPES);
  const subject = fc.record({ type: fc.constantFrom('apiKey', 'subscription', 'tenant'), id });
  const actor = fc.record({ type: fc.constantFrom('apiKey', 'admin', 'system'), id });
  fc.assert(
    fc.property(kinds, type, subject, actor, (pk, kind, about, who) => {
      const event = { ...eventFor(TENANT_ID), type: kind, subject: about, actor: who };
      const numbered = arrivalsOf(recordOf(pk, { ...event, revision: 1 }));
      expect(numbered).toEqual([]);
      const forged: unknown[] = [];
      const deliveries = arrivalsOf(recordOf(pk, event), (each) => forged.push(each));
      const prefix = about.type === 'subscription' ? 'sub_' : 'key_';
      const isSighting =
        pk.startsWith('SEEN#') &&
        kind === 'apiKey.usedFromNewIp' &&
        about.id === prefix + pk.slice(5) &&
        who.type === 'apiKey' &&
        who.id === about.id;
      expect([deliveries.length, forged.length]).toEqual(isSighting ? [1, 0] : [0, 1]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['apiKey', 'key_000000000001'],
  ['subscription', 'sub_000000000001'],
])('a network that a credential (%s) is seen from is told', (type, id) => {
  const event = {
    ...eventFor(TENANT_ID),
    ...{ type: 'apiKey.usedFromNewIp', subject: { type, id }, actor: { type: 'apiKey', id } },
  };
  expect(arrivalsOf(recordOf('SEEN#000000000001', event)).map(({ event }) => event)).toEqual([event]);
  expect(arrivalsOf(recordOf('SEEN#000000000002', event))).toEqual([]);
});

test.each([
  ['ALIAS#v1#a', 'apiKey.released'],
  ['GAP#key_000000000001', 'audit.gap'],
])('what is kept at %s brings %s and no other event', (pk, own) => {
  const brought = EVENT_TYPES.filter(
    (type) => arrivalsOf(recordOf(pk, { ...eventFor(TENANT_ID), type })).length > 0,
  );
  expect(brought).toEqual([own]);
});

test('the publisher is called for every write of a credential or an API, with an event or without', () => {
  const { FilterCriteria } = ofTheStream();
  const isDelivered = recordFilter(FilterCriteria as never);
  const write = (pk: string, image: object) => ({ dynamodb: { Keys: { pk: { S: pk } }, NewImage: image } });
  expect(isDelivered(write('CRED#a', {}))).toBe(true);
  expect(isDelivered(write('API#a', {}))).toBe(true);
  expect(isDelivered({ dynamodb: { Keys: { pk: { S: 'CRED#a' } }, OldImage: {} } })).toBe(true);
  expect(isDelivered(write('TENANT#a', {}))).toBe(false);
});

test('of the regional table it is called for new networks, and not for leases of limits', () => {
  const isDelivered = recordFilter(ofTheStream('keywright-regional').FilterCriteria as never);
  const write = (pk: string, image: object) => ({ dynamodb: { Keys: { pk: { S: pk } }, NewImage: image } });
  expect(isDelivered(write('LIMIT#a', {}))).toBe(false);
  expect(isDelivered(write('SEEN#a', { ttl: { N: '1' } }))).toBe(false);
  expect(isDelivered(write('SEEN#a', { lastEvent: { M: { id: { S: 'x' } } } }))).toBe(true);
});
