import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { liveSecrets } from '../../core/domain/keys/api-key.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes, NEW_KEY } from '../support/four-eyes.ts';
import { ADMIN, type TestAnswer, type TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let eyes: FourEyes;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  eyes = await FourEyes.start(dynamodb);
  management = eyes.management;
});

async function create(): Promise<{ keyId: string; secret: string }> {
  const { body } = await management.call(`POST ${eyes.path('/keys')}`, { body: NEW_KEY });
  return { keyId: body.key.keyId, secret: body.secret };
}

const post = (keyId: string, rest: string, body: object = {}, key?: string): Promise<TestAnswer> =>
  management.call(`POST ${eyes.path(`/keys/${keyId}/${rest}`)}`, {
    body,
    ...(key && { headers: { 'idempotency-key': key } }),
  });

/** Which of these texts a key lets in now. */
async function working(keyId: string, texts: readonly string[]): Promise<string[]> {
  const key = (await management.keys.get(eyes.tenantId, keyId)) as ApiKey;
  const digests = liveSecrets(key, management.clock).map(({ id }) => key.digests[id]);
  return texts.filter((text) =>
    digests.some((digest) => digest !== undefined && management.pepper.verifies(text, digest)),
  );
}

test.each([0, 60, 30 * 86_400])(
  'a rotation whose answer was lost is mended by another (overlap %i), and what callers have works on',
  async (overlapSeconds) => {
    const { keyId, secret } = await create();
    await post(keyId, 'rotate', { overlapSeconds: 3600 });
    const end = (await management.keys.get(eyes.tenantId, keyId))?.secrets[1]?.expiresAt;
    eyes.wait(0.5);
    const { body } = await post(keyId, 'rotate', { overlapSeconds });
    expect(await working(keyId, [secret, body.secret])).toEqual([secret, body.secret]);
    expect(body.key.secrets).toMatchObject([{ expiresAt: null }, { expiresAt: end }]);
    eyes.wait(0.5);
    expect(await working(keyId, [secret, body.secret])).toEqual([body.secret]);
  },
);

test('a creation whose answer was lost is mended by a rotation', async () => {
  const headers = { 'idempotency-key': 'once' };
  const ask = () => management.call(`POST ${eyes.path('/keys')}`, { headers, body: NEW_KEY });
  await ask();
  const repeat = await ask();
  expect(repeat.headers['keywright-notice']).toMatch(/rotate the key/);
  const { body } = await post(repeat.body.key.keyId, 'rotate', { overlapSeconds: 0 });
  expect(await working(body.key.keyId, [body.secret])).toEqual([body.secret]);
});

test('a claim whose answer was lost is mended by another rotation, with the older secret still working', async () => {
  const { keyId, secret } = await create();
  await eyes.requireApproval();
  const rotate = async () => {
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, {});
    await eyes.decide(approvalId, 'approve');
    return eyes.decide(approvalId, 'claim', ADMIN);
  };
  const lost = (await rotate()).body.secret;
  const { secret: last } = (await rotate()).body;
  expect(await working(keyId, [secret, lost, last])).toEqual([secret, last]);
});

test('a claim of a slot’s key that is repeated tells of the subscription as reading it does, and no key', async () => {
  const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  const product = { name: 'Payments', apiIds: [apiId], requiresApproval: false };
  const { productId } = (await management.call('POST /v1/products', { body: product })).body;
  const wanted = { tenantId: eyes.tenantId, productId, name: 'Shop' };
  const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body: wanted })).body;
  const path = `/v1/subscriptions/${subscriptionId}`;
  await eyes.requireApproval();
  const asked = await management.call(`POST ${path}/keys/secondary/regenerate`, { body: {} });
  expect(asked.status).toBe(202);
  const { approvalId } = asked.body.approval;
  await eyes.decide(approvalId, 'approve');
  const headers = { 'idempotency-key': 'claimed' };
  const claim = () => management.call(`POST /v1/approvals/${approvalId}/claim`, { claims: ADMIN, headers });
  const { status, body } = await claim();
  expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('sub_live_')]);
  const repeat = await claim();
  expect([repeat.status, JSON.stringify(repeat.body)]).toEqual([
    200,
    expect.not.stringContaining('sub_live_'),
  ]);
  expect(repeat.body.subscription).toEqual((await management.call(`GET ${path}`)).body);
});

test('a rotation that is cut off at its write is done, or not, and its repeat tells which', async () => {
  for (const happens of [false, true]) {
    const { keyId, secret } = await create();
    const update = management.keys.update.bind(management.keys);
    management.keys.update = async (...given) => {
      if (happens) await update(...given);
      throw new Error('stopped');
    };
    expect((await post(keyId, 'rotate', {}, 'once')).status).toBe(500);
    management.keys.update = update;
    const repeat = await post(keyId, 'rotate', {}, 'once');
    expect(repeat.status).toBe(200);
    expect(repeat.body.secret === undefined).toBe(happens);
    expect((await management.keys.get(eyes.tenantId, keyId))?.revision).toBe(2);
    expect(await working(keyId, [secret])).toEqual([secret]);
  }
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ rotate: fc.constantFrom(0, 60, 7200), again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant('end-overlap' as const) },
  { weight: 2, arbitrary: fc.constantFrom(30, 3600, 10_000) },
);

test('however often a key is rotated, at most two secrets work, and the oldest of them until its promised end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const { keyId, secret } = await create();
      // Texts that work, with their end; the newest has none.
      let live = [{ text: secret, end: Number.POSITIVE_INFINITY }];
      const seen = [secret];
      let name = 0;
      for (const each of steps) {
        const now = management.clock.getTime();
        if (typeof each === 'number') {
          management.clock = new Date(now + each * 1000);
        } else if (each === 'end-overlap') {
          const { status } = await post(keyId, each);
          expect(status).toBe(live.length === 2 ? 200 : 409);
          live = live.slice(0, 1);
        } else {
          const key = `rotation ${name++}`;
          const { body } = await post(keyId, 'rotate', { overlapSeconds: each.rotate }, key);
          const [newest, older] = live;
          const kept = older ?? { text: newest?.text ?? '', end: now + each.rotate * 1000 };
          live = [{ text: body.secret, end: Number.POSITIVE_INFINITY }, kept];
          seen.push(body.secret);
          if (each.again) {
            const repeat = await post(keyId, 'rotate', { overlapSeconds: each.rotate }, key);
            expect(Object.keys(repeat.body)).toEqual(['key']);
          }
        }
        live = live.filter(({ end }) => end > management.clock.getTime());
        expect((await working(keyId, seen)).sort()).toEqual(live.map(({ text }) => text).sort());
      }
    }),
    { numRuns: 15 },
  );
});
