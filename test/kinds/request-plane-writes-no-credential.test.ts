import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeyUpkeep } from '../../core/access/ports.ts';
import { fingerprintOf } from '../../core/domain/keys/foreign-key.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type * as protectedApis from '../infra/protected-apis.ts';
import { SynthesizedStacks, synthesize, WHOLE } from '../infra/synthesized-stacks.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { keyHeaders, restEvent } from '../support/gateway-events.ts';
import { bringOne, issuedText } from '../support/imports.ts';
import { upkeepOn } from '../support/key-upkeep.ts';
import { TestManagement } from '../support/management.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const { guarded, protect, restApi } = loadOnce<typeof protectedApis>('../infra/protected-apis.ts');
const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/keywright';

/** Everything by which an item can be written. */
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate'];
/** Kinds of items, of either table. */
const KINDS = ['CRED', 'ALIAS', 'TENANT', 'API', 'PRODUCT', 'APPROVAL', 'SEEN', 'LIMIT', 'ELSE'];

/** Functions that decide on requests or guard backends, by how they are deployed. */
const deployed: Readonly<Record<string, () => SynthesizedStacks>> = {
  'Keywright itself': () => synthesize(WHOLE),
  'Keywright itself, accepting imported keys': () => synthesize({ demo: true, acceptImportedKeys: true }),
  'an authorizer': () => new SynthesizedStacks(protect(restApi)),
  'an authorizer that accepts imported keys': () =>
    new SynthesizedStacks(protect(restApi, { acceptImportedKeys: true })),
  'a guard at the table': () => new SynthesizedStacks(guarded({})),
  'a guard that authenticates': () => new SynthesizedStacks(guarded({ authenticates: true })),
  'a guard that authenticates imported keys': () =>
    new SynthesizedStacks(guarded({ authenticates: true, acceptImportedKeys: true })),
};
const REQUEST_PLANE = ['authorizer', 'verify', 'demo-backend', undefined];

function requestPlaneRoles(stacks: SynthesizedStacks): string[] {
  return stacks.ofType('AWS::Lambda::Function').flatMap(({ Properties }) => {
    const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, string> };
    return REQUEST_PLANE.includes(Variables.POWERTOOLS_SERVICE_NAME) ? [String(Properties.Role)] : [];
  });
}

describe('no role of the request plane may write the main table', () => {
  test.each(Object.keys(deployed))('%s', (name) => {
    const stacks = deployed[name]?.() as SynthesizedStacks;
    const policies = new IamPolicies(stacks.resources);
    const roles = requestPlaneRoles(stacks);
    expect(roles.length).toBeGreaterThan(0);
    const table = stacks
      .ofType('AWS::DynamoDB::GlobalTable')
      .some(({ PhysicalId }) => PhysicalId === 'keywright')
      ? TABLE.replace('111122223333', '000000000000')
      : TABLE;
    const attributes = fc.uniqueArray(
      fc.constantFrom(
        'pk',
        'sk',
        'digests',
        'imported',
        'status',
        'role',
        'roles',
        'lastEvent',
        'credentialId',
      ),
    );
    const anyWrite = fc.record({
      role: fc.constantFrom(...roles),
      action: fc.constantFrom(...WRITES),
      kind: fc.constantFrom(...KINDS),
      id: fc.string({ maxLength: 12 }),
      attributes: fc.option(attributes),
      returned: fc.constantFrom(undefined, 'NONE', 'ALL_OLD'),
    });
    fc.assert(
      fc.property(anyWrite, ({ role, action, kind, id, attributes: named, returned }) => {
        const context = {
          'dynamodb:LeadingKeys': [`${kind}#${id}`],
          ...(named !== null && { 'dynamodb:Attributes': named }),
          ...(returned !== undefined && { 'dynamodb:ReturnValues': returned }),
        };
        expect(policies.allows(role, { action: `dynamodb:${action}`, resource: table, context })).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('a backend whose guard asks verify may do nothing with the table, the pepper or the functions', () => {
    const stacks = synthesize(WHOLE);
    const policies = new IamPolicies(stacks.resources);
    const backend = stacks
      .ofType('AWS::Lambda::Function')
      .find(({ Properties }) => JSON.stringify(Properties.Environment).includes('demo-backend'));
    const services = policies
      .statementsOf(String(backend?.Properties.Role))
      .flatMap(({ Action }) => [Action].flat() as string[])
      .map((action) => action.split(':')[0]);
    expect([...new Set(services)].sort()).toEqual(['execute-api', 'logs']);
  });
});

describe('upkeep believes nobody who asks', () => {
  const V1 = '1'.repeat(64);
  const V2 = '2'.repeat(64);
  const before = Pepper.parse(JSON.stringify({ current: 'v1', v1: V1 }));
  const after = Pepper.parse(JSON.stringify({ current: 'v2', v1: V1, v2: V2 }));
  let dynamodb: TestDynamoDb;
  let management: TestManagement;
  let upkeep: ReturnType<typeof upkeepOn>;
  let products: { immediate: string };
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
    management = new TestManagement(dynamodb);
    management.pepper = before;
    products = await createProducts(management);
    upkeep = upkeepOn(
      dynamodb.main,
      async () => after,
      () => management.clock.getTime(),
    );
  });
  afterAll(() => dynamodb.close());

  const newKey = async () => {
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
    const { key, secret } = (await management.call(`POST /v1/tenants/${TENANT_ID}/keys`, { body })).body;
    return { keyId: key.keyId as string, credentialId: credentialIdOf(key.keyId), secret: secret as string };
  };
  const itemOf = (credentialId: string) => dynamodb.item(itemKey.credential(credentialId));

  test('a good key gets its digest renewed, with an event, and is as good as before', async () => {
    const { credentialId, keyId, secret } = await newKey();
    const stored = await itemOf(credentialId);
    const [secretId = ''] = Object.keys(Object(stored?.digests));
    await upkeep.upkeep.ask({ credentialId, text: secret, pepper: after });
    const { digests, lastEvent, ...rest } = (await itemOf(credentialId)) ?? {};
    expect(digests).toEqual({ [secretId]: after.digest(secret) });
    expect(lastEvent).toMatchObject({
      type: 'apiKey.updated',
      actor: { type: 'system' },
      subject: { type: 'apiKey', id: keyId },
      data: { from: { pepper: 'v1' }, to: { pepper: 'v2' }, secret: secretId },
    });
    const { digests: _, lastEvent: __, ...unchanged } = stored ?? {};
    expect(rest).toEqual(unchanged);
    await upkeep.upkeep.ask({ credentialId, text: secret, pepper: after });
    expect((await itemOf(credentialId))?.lastEvent).toEqual(lastEvent);
  });

  test('a slot of a subscription likewise; the other one is left alone', async () => {
    const body = { tenantId: TENANT_ID, productId: products.immediate, name: 'Billing' };
    const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
    const path = `POST /v1/subscriptions/${subscriptionId}/keys/reveal`;
    const { secondaryKey } = (await management.call(path, { body: {} })).body;
    const credentialId = credentialIdOf(subscriptionId);
    const { primary } = Object((await itemOf(credentialId))?.digests);
    await upkeep.upkeep.ask({ credentialId, text: secondaryKey, pepper: after });
    const { digests, lastEvent } = (await itemOf(credentialId)) ?? {};
    expect(digests).toEqual({ primary, secondary: after.digest(secondaryKey) });
    expect(lastEvent).toMatchObject({ subject: { type: 'subscription', id: subscriptionId } });
  });

  test('an imported key is found under the new version, and its first use is noted, by its own text alone', async () => {
    const text = issuedText();
    const credentialId = credentialIdOf(await bringOne(management, 'keys', { key: text }));
    const fingerprint = fingerprintOf(text);
    for (const wrong of [text, fingerprintOf(fingerprint), fingerprintOf(issuedText())]) {
      await upkeep.upkeep.ask({ credentialId, text: wrong, pepper: after });
    }
    expect(await dynamodb.item(itemKey.alias(after.digest(fingerprint)))).toBeUndefined();
    await upkeep.upkeep.ask({ credentialId, text: fingerprint, pepper: after });
    expect(await dynamodb.item(itemKey.alias(after.digest(fingerprint)))).toMatchObject({ credentialId });
    expect(Object.values(Object((await itemOf(credentialId))?.imported))).toEqual([expect.any(String)]);
  });

  test('whatever a thief with an authorizer’s role sends, a key that the thief does not have is not changed', async () => {
    const victim = await newKey();
    const own = await newKey();
    const stored = await itemOf(victim.credentialId);
    const seal = (text: string, about: string, pepper = after) => pepper.seal(text, about, randomBytes);
    const forged = management.keyFormat.mint('sk', 'live', victim.credentialId, randomBytes);
    const sealed = [
      seal(own.secret, victim.credentialId),
      seal(own.secret, own.credentialId),
      seal(forged, victim.credentialId),
      seal(after.digest(victim.secret).hmac, victim.credentialId),
      seal(
        Object.values(Object(stored?.digests) as Record<string, { hmac: string }>)[0]?.hmac ?? '',
        victim.credentialId,
      ),
      seal('', victim.credentialId),
      seal(victim.secret, own.credentialId),
      { pepper: 'v9', sealed: seal(victim.secret, victim.credentialId).sealed },
      { pepper: 'v2', sealed: victim.secret },
      { pepper: 'v2', sealed: '' },
    ];
    for (const each of sealed) await upkeep.handle({ credentialId: victim.credentialId, ...each });
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, async (junk) => {
        const text = Buffer.from(junk).toString('base64url');
        await upkeep.handle({ credentialId: victim.credentialId, pepper: 'v2', sealed: text });
      }),
      { numRuns: 25 },
    );
    expect(await itemOf(victim.credentialId)).toEqual(stored);
  });

  test('no text travels in the clear', async () => {
    const { credentialId, secret } = await newKey();
    await upkeep.upkeep.ask({ credentialId, text: secret, pepper: after });
    const travelled = upkeep.events.join('\n');
    expect(travelled).not.toContain(secret);
    expect(travelled).not.toContain(Buffer.from(secret).toString('base64url').slice(4, 40));
  });

  test('an admin’s change at the same moment and a renewal are both there afterwards', async () => {
    const { credentialId, keyId, secret } = await newKey();
    const path = `PATCH /v1/tenants/${TENANT_ID}/keys/${keyId}`;
    const [answer] = await Promise.all([
      management.call(path, { body: { name: 'Renamed' } }),
      upkeep.upkeep.ask({ credentialId, text: secret, pepper: after }),
    ]);
    expect(answer.status).toBe(200);
    const item = await itemOf(credentialId);
    expect([item?.name, Object.values(Object(item?.digests))]).toEqual(['Renamed', [after.digest(secret)]]);
    const types = (await dynamodb.emitted()).flatMap(({ type, subject }) =>
      subject.id === keyId ? [type] : [],
    );
    expect(types.sort()).toEqual(['apiKey.created', 'apiKey.updated', 'apiKey.updated']);
  });
});

describe('asking for upkeep costs a caller next to nothing', () => {
  let plane: RequestPlane;
  beforeAll(async () => {
    plane = await startRequestPlane();
  });
  afterAll(() => plane.close());
  beforeEach(() => {
    plane.upkeep.length = 0;
    plane.lines.length = 0;
  });

  test('an instance asks once for a key, however many requests come and however often it reads it', async () => {
    const key = await plane.putKey();
    await plane.rotatePepper();
    plane.beforeUpkeep = () => {
      throw new Error('out of order');
    };
    const handle = plane.handler(plane.authorizer());
    const call = () => handle(restEvent({ headers: keyHeaders(key) }));
    await Promise.all(Array.from({ length: 20 }, call));
    for (let i = 0; i < 10; i++) {
      plane.clock += 4000;
      await call();
    }
    expect(plane.upkeep).toHaveLength(1);
    plane.beforeUpkeep = () => undefined;
    plane.clock += 30_000;
    await call();
    expect(plane.upkeep).toHaveLength(2);
    plane.clock += 120_000;
    await call();
    expect(plane.upkeep).toHaveLength(2);
  });

  test('a key that is refused is not asked about', async () => {
    const key = await plane.putKey({ status: 'revoked' });
    const handle = plane.handler(plane.authorizer());
    await expect(handle(restEvent({ headers: keyHeaders(key) }))).rejects.toThrow('Unauthorized');
    expect(plane.upkeep).toEqual([]);
  });

  test.each([
    ['that never answers', () => new Promise<void>(() => undefined)],
    ['that fails', () => Promise.reject(new Error('no such function'))],
  ])('upkeep %s refuses nobody, and does not hold the answer beyond the deadline', async (_, ask) => {
    const key = await plane.putKey();
    const upkeep: KeyUpkeep = { ask };
    const authorizer = plane.authorizer({ upkeep, deadlineMilliseconds: 400 });
    const started = performance.now();
    const answer = await plane.handler(authorizer)(restEvent({ headers: keyHeaders(key) }));
    expect(answer).toHaveProperty('policyDocument');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
