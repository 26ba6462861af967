import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { Interruption } from '../support/interruption.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const KEYS = `/v1/tenants/${TENANT_ID}/keys`;
const NOBODY = {};

const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { immediate: string };

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  await respondBy('revoke');
});

const respondBy = async (leakResponse: string) => {
  await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { settings: { leakResponse } } });
};

async function create(type = 'secret'): Promise<{ keyId: string; secret: string }> {
  const body = { name: 'Key', type, environment: 'live', role: 'writer' };
  const answer = await management.call(`POST ${KEYS}`, { body });
  return { keyId: answer.body.key.keyId, secret: answer.body.secret };
}

async function report(...keys: string[]): Promise<string[]> {
  const { status, body, text } = await management.call('POST /v1/leaks', { claims: NOBODY, body: { keys } });
  expect(status).toBe(200);
  for (const key of keys) expect(text).not.toContain(key);
  return body.outcomes;
}

const keyOf = async (keyId: string) => await management.keys.get(TENANT_ID, keyId);
const eventOf = (id: string) => dynamodb.lastEvent(itemKey.credential(credentialIdOf(id)));
const damaged = (key: string) => `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;

describe('a report of a key', () => {
  test('ends it by one write with one event, for whoever holds it', async () => {
    const { keyId, secret } = await create();
    expect(await report(secret)).toEqual(['ended']);
    expect(await keyOf(keyId)).toMatchObject({ status: 'revoked', revision: 2 });
    expect(await eventOf(keyId)).toMatchObject({
      type: 'apiKey.leaked',
      tenantId: TENANT_ID,
      actor: { type: 'system', id: 'keywright', ip: '198.51.100.7' },
      subject: { type: 'apiKey', id: keyId },
      data: { hint: secret.slice(-4), response: 'keyRevoked', source: { by: 'report' } },
    });
    expect(await report(secret, secret)).toEqual(['ended', 'ended']);
    expect((await keyOf(keyId))?.revision).toBe(2);
  });

  test('tells who has only a part of it nothing, and ends nothing', async () => {
    const { keyId, secret } = await create();
    const other = await create();
    const stranger = management.keyFormat.mint('sk', 'live', credentialIdOf(keyId), (n) =>
      new Uint8Array(n).fill(9),
    );
    const nobodys = management.keyFormat.mint('sk', 'live', 'unknownunkno', (n) => new Uint8Array(n).fill(9));
    const texts = [damaged(secret), stranger, nobodys, keyId, ' ', 'AKIAIOSFODNN7EXAMPLE', `${secret}x`];
    expect(await report(...texts)).toEqual(texts.map(() => 'unknown'));
    expect((await keyOf(keyId))?.status).toBe('active');
    expect((await keyOf(other.keyId))?.status).toBe('active');
  });

  test('costs no read where a text is no key, or a key that is meant to be seen', async () => {
    const { keyId, secret } = await create('publishable');
    const { answer, calls } = await interruption.during(0, false, () => report(secret, damaged(secret), 'x'));
    expect({ answer, calls }).toEqual({ answer: ['public', 'unknown', 'unknown'], calls: [] });
    expect((await keyOf(keyId))?.status).toBe('active');
  });

  test('ends a secret that was replaced alone, and the newest with its key', async () => {
    const { keyId, secret } = await create();
    const newest = (await management.call(`POST ${KEYS}/${keyId}/rotate`, { body: {} })).body.secret;
    expect(await report(secret)).toEqual(['ended']);
    expect(await keyOf(keyId)).toMatchObject({ status: 'active', secrets: [{ hint: newest.slice(-4) }] });
    expect(await eventOf(keyId)).toMatchObject({ type: 'apiKey.leaked', data: { response: 'secretEnded' } });
    expect(await report(secret)).toEqual(['unknown']);
    expect(await report(newest)).toEqual(['ended']);
    expect(await keyOf(keyId)).toMatchObject({
      status: 'revoked',
      revocation: { reason: 'Reported as leaked' },
    });
  });

  test('only tells its tenant, where that is asked for: once for each secret, however often it is reported', async () => {
    await respondBy('notify');
    const { keyId, secret } = await create();
    expect(await report(secret)).toEqual(['reported']);
    expect(await eventOf(keyId)).toMatchObject({ type: 'apiKey.leaked', data: { response: 'notified' } });
    expect(await report(secret)).toEqual(['reported']);
    expect(await keyOf(keyId)).toMatchObject({ status: 'active', revision: 2 });
    const next = (await management.call(`POST ${KEYS}/${keyId}/rotate`, { body: {} })).body.secret;
    expect(await report(secret, next)).toEqual(['reported', 'reported']);
    expect((await keyOf(keyId))?.revision).toBe(4);
    await respondBy('revoke');
    expect(await report(next)).toEqual(['ended']);
  });

  test('ends a disabled key for good, and waits for no second admin', async () => {
    const { keyId, secret } = await create();
    await management.call(`POST ${KEYS}/${keyId}/disable`);
    expect(await report(secret)).toEqual(['ended']);
    expect((await keyOf(keyId))?.status).toBe('revoked');
    const eyes = await FourEyes.start(dynamodb);
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
    const guarded = (await eyes.management.call(`POST ${eyes.path('/keys')}`, { body })).body;
    await eyes.requireApproval();
    expect(await report(guarded.secret)).toEqual(['ended']);
    expect(await eventOf(guarded.key.keyId)).toMatchObject({ type: 'apiKey.leaked' });
  });

  test('of a subscription ends that slot until it is regenerated; the other works on', async () => {
    const body = { tenantId: TENANT_ID, productId: products.immediate, name: 'Shop' };
    const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
    const path = `POST /v1/subscriptions/${subscriptionId}/keys`;
    const { primaryKey, secondaryKey } = (await management.call(`${path}/reveal`)).body;
    expect(await report(primaryKey)).toEqual(['ended']);
    expect(await eventOf(subscriptionId)).toMatchObject({
      type: 'apiKey.leaked',
      subject: { type: 'subscription', id: subscriptionId },
      data: { slot: 'primary', response: 'slotEnded' },
    });
    expect((await management.call(`${path}/reveal`)).body).toMatchObject({ primaryKey: null, secondaryKey });
    // What was asked for and could not be shown was not shown.
    const shown = { slots: ['secondary'], secondaryHint: secondaryKey.slice(-4), clientKeys: [] };
    expect((await eventOf(subscriptionId)).data).toEqual(shown);
    const slots = async () => (await management.call(`GET /v1/subscriptions/${subscriptionId}`)).body.slots;
    expect(await slots()).toMatchObject({
      primary: { leakedAt: management.clock.toISOString(), ended: true },
    });
    expect((await slots()).secondary).not.toHaveProperty('leakedAt');
    expect(await report(primaryKey)).toEqual(['unknown']);
    const { key } = (await management.call(`${path}/primary/regenerate`)).body;
    expect((await management.call(`${path}/reveal`)).body).toMatchObject({ primaryKey: key, secondaryKey });
    expect((await slots()).primary).not.toHaveProperty('ended');
    await management.call(`POST /v1/subscriptions/${subscriptionId}/cancel`, { body: {} });
    expect(await report(key)).toEqual(['ended']);
    expect(await eventOf(subscriptionId)).toMatchObject({ type: 'subscription.cancelled' });
  });

  test('of a client key ends nothing, since all callers have it; its admins are told once', async () => {
    const api = { name: 'pay', environment: 'live', scheme: 'subscription' };
    const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
    const { clientKey } = (await management.call(`POST /v1/apis/${apiId}/client-key/reveal`)).body;
    expect(await report(clientKey, damaged(clientKey))).toEqual(['reported', 'unknown']);
    expect(await dynamodb.lastEvent(itemKey.api(apiId))).toMatchObject({
      type: 'apiKey.leaked',
      tenantId: null,
      subject: { type: 'api', id: apiId },
    });
    const { revision } = (await dynamodb.item(itemKey.api(apiId))) ?? {};
    expect(await report(clientKey)).toEqual(['reported']);
    expect((await dynamodb.item(itemKey.api(apiId)))?.revision).toBe(revision);
    expect((await management.call(`POST /v1/apis/${apiId}/client-key/reveal`)).body).toEqual({ clientKey });
  });

  test('many at once end each key once', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, () => create()));
    const texts = keys.map(({ secret }) => secret);
    await Promise.all([report(...texts), report(...texts), report(...texts)]);
    for (const { keyId } of keys)
      expect(await keyOf(keyId)).toMatchObject({ status: 'revoked', revision: 2 });
  });

  test.each([
    ['no key', { keys: [] }],
    ['more than a hundred', { keys: Array(101).fill('x') }],
    ['no list', { keys: 'x' }],
  ])('with %s is a 400', async (_, body) => {
    expect((await management.call('POST /v1/leaks', { claims: NOBODY, body })).status).toBe(400);
  });
});

test.each([
  ['before', false],
  ['after', true],
])(
  'stopped %s any call to AWS, a report has ended a key whole or not at all, and a repeat ends it',
  async (_, happens) => {
    for (let stopAt = 0; stopAt < 3; stopAt++) {
      const { keyId, secret } = await create();
      const { calls } = await interruption.during(stopAt, happens, () =>
        management.call('POST /v1/leaks', { claims: NOBODY, body: { keys: [secret] } }),
      );
      expect(calls).toEqual(
        ['GetItemCommand', 'GetItemCommand', 'UpdateItemCommand'].slice(0, stopAt + (happens ? 1 : 0)),
      );
      expect((await keyOf(keyId))?.status).toBe(calls.includes('UpdateItemCommand') ? 'revoked' : 'active');
      expect(await report(secret)).toEqual(['ended']);
      expect((await keyOf(keyId))?.revision).toBe(2);
    }
  },
);

describe('GitHub’s reports', () => {
  /** The sample of GitHub's documentation, and the public key that it was signed with. */
  const SAMPLE = {
    text: '[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]',
    identifier: 'bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c',
    signature:
      'MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg==',
    key: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\nAjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==\n-----END PUBLIC KEY-----\n',
  };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const published = (...keys: [string, string][]) => ({
    public_keys: keys.map(([key_identifier, key]) => ({ key_identifier, key, is_current: true })),
  });
  const own = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  let reads: number;

  beforeEach(() => {
    management = new TestManagement(dynamodb);
    reads = 0;
    management.githubKeys = async () => {
      reads += 1;
      return published([SAMPLE.identifier, SAMPLE.key], ['own', own]);
    };
  });

  const send = (text: string, identifier: string, signature: string) =>
    management.call('POST /v1/leaks/github', {
      claims: NOBODY,
      text,
      headers: {
        'github-public-key-identifier': identifier,
        'github-public-key-signature': signature,
      },
    });
  const signed = (matches: unknown, identifier = 'own') => {
    const text = typeof matches === 'string' ? matches : JSON.stringify(matches);
    return send(text, identifier, sign('sha256', Buffer.from(text), pair.privateKey).toString('base64'));
  };
  const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
  const found = (token: string, url = 'https://github.com/octocat/hello/blob/main/a.ts') => ({
    token,
    type: 'acme_secret_key',
    url,
    source: 'commit',
  });

  test('the published example verifies, and with one flipped byte it does not', async () => {
    const { text, identifier, signature } = SAMPLE;
    const answer = await send(text, identifier, signature);
    expect(answer).toMatchObject({
      status: 200,
      body: [{ token_hash: hashOf('some_token'), token_type: 'some_type', label: 'false_positive' }],
    });
    for (let i = 0; i < text.length; i++) {
      const flipped = Buffer.from(text);
      flipped.writeUInt8(flipped.readUInt8(i) ^ 1, i);
      expect((await send(flipped.toString('latin1'), identifier, signature)).status).toBe(403);
    }
    const bytes = Buffer.from(signature, 'base64');
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    expect((await send(text, identifier, bytes.toString('base64'))).status).toBe(403);
    expect((await send(text, 'own', signature)).status).toBe(403);
    expect((await send(text, identifier, '')).status).toBe(403);
    const unsigned = await management.call('POST /v1/leaks/github', { claims: NOBODY, text });
    expect(unsigned).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  });

  test('end what was found, say where, and are answered with what each was', async () => {
    const [one, two] = [await create(), await create()];
    const pk = await create('publishable');
    const url = `https://github.com/octocat/${one.secret}/a.ts`;
    const tokens = [one.secret, damaged(two.secret), pk.secret, one.secret];
    const answer = await signed(tokens.map((token) => found(token, url)));
    expect(answer.body).toEqual([
      { token_hash: hashOf(one.secret), token_type: 'acme_secret_key', label: 'true_positive' },
      { token_hash: hashOf(damaged(two.secret)), token_type: 'acme_secret_key', label: 'false_positive' },
      { token_hash: hashOf(one.secret), token_type: 'acme_secret_key', label: 'true_positive' },
    ]);
    const event = await eventOf(one.keyId);
    expect(event).toMatchObject({
      type: 'apiKey.leaked',
      data: { source: { by: 'github', url: 'https://github.com/octocat/…/a.ts', place: 'commit' } },
    });
    expect(event.actor).toEqual({ type: 'system', id: 'keywright' });
    expect((await keyOf(two.keyId))?.status).toBe('active');
    expect(JSON.stringify([await dynamodb.everything(), management.logged])).not.toContain(one.secret);
    expect((await signed(tokens.map((token) => found(token)))).body).toEqual(answer.body);
    expect((await keyOf(one.keyId))?.revision).toBe(2);
  });

  test('say where without the key, however the address spells it', async () => {
    const { keyId, secret } = await create();
    const spelled = secret.replaceAll('_', '%5F');
    await signed([found(secret, `https://github.com/octocat/${spelled}/a.ts`)]);
    expect((await eventOf(keyId)).data).toMatchObject({ source: { by: 'github', place: 'commit' } });
    expect(JSON.stringify(await dynamodb.everything())).not.toContain(spelled);
  });

  test('come in batches of a thousand', async () => {
    const { keyId, secret } = await create();
    const tokens = Array.from({ length: 999 }, (_, i) =>
      damaged(`${secret.slice(0, -4)}${i}`.padEnd(58, 'x')),
    );
    const answer = await signed([...tokens, secret].map((token) => found(token)));
    expect(answer.status).toBe(200);
    expect(answer.body.at(-1)).toMatchObject({ label: 'true_positive' });
    expect((await keyOf(keyId))?.status).toBe('revoked');
    expect((await signed(Array(1001).fill(found('x')))).status).toBe(400);
  });

  test('that are signed and nonsense are a 400', async () => {
    for (const text of ['{}', '[{}]', 'x', '[{"token":1,"type":"x"}]']) {
      expect([text, (await signed(text)).status]).toEqual([text, 400]);
    }
  });

  test('read GitHub’s keys once, again for an unknown one, and at most once a minute', async () => {
    for (let i = 0; i < 3; i++) expect((await signed([])).status).toBe(200);
    expect(reads).toBe(1);
    for (let i = 0; i < 3; i++) expect((await signed([], 'new')).status).toBe(403);
    expect(reads).toBe(1);
    management.clock = new Date(management.clock.getTime() + 59_000);
    expect((await signed([], 'new')).status).toBe(403);
    expect(reads).toBe(1);
    management.clock = new Date(management.clock.getTime() + 1_000);
    management.githubKeys = async () => {
      reads += 1;
      return published(['new', own]);
    };
    const answers = await Promise.all([signed([], 'new'), signed([], 'new'), signed([], 'new')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(reads).toBe(2);
  });

  test('are taken while GitHub is down by the keys that are known; a 503 where none are', async () => {
    const down = async () => {
      reads += 1;
      throw new Error('no answer');
    };
    const known = management.githubKeys;
    management.githubKeys = down;
    expect((await signed([])).status).toBe(503);
    management.clock = new Date(management.clock.getTime() + 60_000);
    management.githubKeys = known;
    expect((await signed([])).status).toBe(200);
    management.clock = new Date(management.clock.getTime() + 3_600_000);
    management.githubKeys = down;
    expect((await signed([])).status).toBe(200);
    expect((await signed([], 'other')).status).toBe(403);
  });

  test('are verified by keys on P-256 only', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const pem = other.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    management.githubKeys = async () => published(['other', pem]);
    const signature = sign('sha256', Buffer.from('[]'), other.privateKey).toString('base64');
    expect((await send('[]', 'other', signature)).status).toBe(403);
  });
});
