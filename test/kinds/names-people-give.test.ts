import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bareKey } from '../../core/domain/security/leak.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { NEW_KEY } from '../support/four-eyes.ts';
import { TestManagement, type TestRequest } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let keyId = '';
let productId = '';
let subscriptionId = '';
const API_ID = 'api_OrdersLive00';
const TENANT = '/v1/tenants/tenant_people';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb, { acceptsImported: true });
  const created = async (path: string, body: object) =>
    (await management.call(`POST ${path}`, { body })).body;
  await created('/v1/tenants', { tenantId: 'tenant_people', name: 'People' });
  await created('/v1/apis', { apiId: API_ID, name: 'orders', environment: 'live', scheme: 'subscription' });
  keyId = (await created(`${TENANT}/keys`, NEW_KEY)).key.keyId;
  productId = (await created('/v1/products', { name: 'Shop', apiIds: [API_ID] })).productId;
  const subscription = { tenantId: 'tenant_people', productId, name: 'Sub' };
  subscriptionId = (await created('/v1/subscriptions', subscription)).subscriptionId;
});
afterAll(() => dynamodb.close());

/** Everything that people name or write, with the request that takes it and the field that it comes in. */
const fields: Record<string, (text: string) => [path: string, body: object, param: string]> = {
  'a tenant’s name': (name) => ['POST /v1/tenants', { name }, 'name'],
  'a tenant’s new name': (name) => [`PATCH ${TENANT}`, { name }, 'name'],
  'a role’s description': (description) => [
    `PUT ${TENANT}/roles/clerk`,
    { permissions: [], description },
    'description',
  ],
  'a key’s name': (name) => [`POST ${TENANT}/keys`, { ...NEW_KEY, name }, 'name'],
  'a key’s new name': (name) => [`PATCH ${TENANT}/keys/${keyId}`, { name }, 'name'],
  'a value of metadata': (note) => [`PATCH ${TENANT}/keys/${keyId}`, { metadata: { note } }, 'metadata.note'],
  'a name of metadata': (name) => [
    `PATCH ${TENANT}/keys/${keyId}`,
    { metadata: { [name]: 'x' } },
    'metadata',
  ],
  'the reason of a revocation': (reason) => [
    `POST ${TENANT}/keys/key_000000000000/revoke`,
    { reason },
    'reason',
  ],
  'an API’s name': (name) => ['POST /v1/apis', { name, environment: 'live', scheme: 'tenant' }, 'name'],
  'an API’s new name': (name) => [`PATCH /v1/apis/${API_ID}`, { name }, 'name'],
  'an audience': (audience) => [
    `PATCH /v1/apis/${API_ID}`,
    { oauth: { issuer: 'https://id.example.com', audience } },
    'oauth.audience',
  ],
  'a required role': (role) => [
    `PATCH /v1/apis/${API_ID}`,
    { oauth: { issuer: 'https://id.example.com', audience: 'a', requiredRoles: [role] } },
    'oauth.requiredRoles.0',
  ],
  'a product’s name': (name) => ['POST /v1/products', { name, apiIds: [API_ID] }, 'name'],
  'a product’s description': (description) => [
    `PATCH /v1/products/${productId}`,
    { description },
    'description',
  ],
  'a subscription’s name': (name) => [
    'POST /v1/subscriptions',
    { tenantId: 'tenant_people', productId, name },
    'name',
  ],
  'an OAuth client': (client) => [
    'POST /v1/subscriptions',
    { tenantId: 'tenant_people', productId, name: 'x', oauthClientIds: [client] },
    'oauthClientIds.0',
  ],
  'the reason of a rejection': (reason) => [
    `POST /v1/subscriptions/sub_000000000000/reject`,
    { reason },
    'reason',
  ],
  'a note on an alert': (note) => ['POST /v1/alerts/alert_000000000000/acknowledge', { note }, 'note'],
};

const UNSEEN = {
  null: 'a\u0000b',
  'a bell': 'a\u0007b',
  'an escape sequence': '\u001b[31mred',
  'a line break': 'a\nb',
  'a carriage return': 'a\rb',
  'a tab inside': 'a\tb',
  delete: 'a\u007fb',
  'a control of Latin-1': 'a\u0085b',
  'an override of direction': 'gpj.\u202eexe',
  'an isolate': 'a\u2066b',
  'a mark of direction': 'a\u200fb',
  'an Arabic letter mark': 'a\u061cb',
  'a line separator': 'a\u2028b',
  'a byte order mark inside': 'a\ufeffb',
  'a zero-width space': 'a\u200bb',
  'hidden tags': 'a\u{e0041}\u{e0042}',
  'a filler': 'a\u3164b',
  'half of a pair': 'a\ud83db',
  'the other half': '\ude00b',
};
const EMPTY = {
  nothing: '',
  blanks: ' \u00a0\u2003 ',
  'joiners alone': '\u200d\u200c',
  'a mark on nothing': '\u0301',
  'Braille’s blank': '\u2800',
};

describe.each(Object.entries(fields))('%s', (where, requestOf) => {
  test.each(Object.entries(UNSEEN))('holds no %s', async (_, text) => {
    const [path, body, param] = requestOf(text);
    const answer = await management.call(path, { body });
    expect([answer.status, answer.body.error.param]).toEqual([400, param]);
    expect(answer.body.error.message).toContain('seen');
  });

  test('is what people write in any script', async () => {
    for (const text of [
      'Größe',
      'קוד',
      'می‌خواهم',
      '👩‍👩‍👧',
      '🇬🇧',
      '葛󠄀城',
      'हिन्दी',
      '日本語',
      '-',
      '«x» & "y" \\ \'z\'',
      '\u{1f600}'.repeat(40),
    ]) {
      const [path, body] = requestOf(text);
      const { status } = await management.call(path, { body });
      // Where it is accepted and there is no such thing, or it can't be done.
      expect([text, [200, 201, 404, 409].includes(status)]).toEqual([text, true]);
    }
  });

  if (/description|value of metadata/.test(where)) return;
  test.each(Object.entries(EMPTY))('is not %s', async (name, text) => {
    const isCompared = /metadata|audience|role|OAuth/.test(where);
    if (isCompared && name !== 'nothing') return;
    const [path, body] = requestOf(text);
    expect((await management.call(path, { body })).status).toBe(400);
  });
});

test('a name has a hundred characters of whatever script, and not one more', async () => {
  for (const one of ['a', 'ü', '語', '😀']) {
    for (const [length, status] of [[100, 200] as const, [101, 400] as const]) {
      const answer = await management.call(`PATCH ${TENANT}`, { body: { name: one.repeat(length) } });
      expect([one, length, answer.status]).toEqual([one, length, status]);
    }
  }
  const name = ` ${'a'.repeat(100)} `;
  expect((await management.call(`PATCH ${TENANT}`, { body: { name } })).status).toBe(200);
});

test('all faults of a body are told at once, the first one also in front', async () => {
  const body = {
    name: 'a\u0000',
    type: 'x',
    environment: 'live',
    role: 'R',
    colour: 1,
    rateLimits: [{ limit: 0 }],
  };
  const { error } = (await management.call(`POST ${TENANT}/keys`, { body })).body;
  expect(error.param).toBe('colour');
  const params = error.details.map(({ param }: { param: string }) => param);
  expect(params.sort()).toEqual([
    'colour',
    'name',
    'rateLimits.0.limit',
    'rateLimits.0.windowSeconds',
    'role',
    'type',
  ]);
  for (const { message } of error.details) expect(message).toMatch(/\w/);
  const query = { limit: '0', status: 'x' };
  const listed = (await management.call(`GET ${TENANT}/keys`, { query })).body.error;
  expect(listed.details).toHaveLength(2);
});

test('a byte order mark before JSON is taken, and no more than one', async () => {
  const sent = async (request: TestRequest) => (await management.call(`PATCH ${TENANT}`, request)).status;
  const json = JSON.stringify({ name: 'Marked' });
  expect(await sent({ text: `\ufeff${json}` })).toBe(200);
  const encoded = (bytes: Buffer) => ({
    headers: { 'content-type': 'application/json' },
    event: { body: bytes.toString('base64'), isBase64Encoded: true },
  });
  expect(await sent(encoded(Buffer.from(`\ufeff${json}`)))).toBe(200);
  expect(await sent({ text: `\ufeff\ufeff${json}` })).toBe(400);
  expect(await sent(encoded(Buffer.from('{"name":"\xff\xfe"}', 'latin1')))).toBe(400);
});

describe('a leaked key is found however it was pasted', () => {
  const around: readonly ((key: string) => string)[] = [
    (key) => ` ${key} `,
    (key) => `${key}\n`,
    (key) => `\r\n\t${key}\r\n`,
    (key) => `"${key}"`,
    (key) => `'${key}',`,
    (key) => `\`${key}\``,
    (key) => `“${key}”`,
    (key) => `Bearer ${key}`,
    (key) => `bearer  ${key}\n`,
    (key) => `Authorization: Bearer ${key}`,
    (key) => `x-api-key: ${key}`,
    (key) => `X-API-Key:${key}`,
    (key) => `"x-api-key": "${key}",`,
    (key) => `API_KEY="${key}";`,
    (key) => `ACME_API_KEY=${key}`,
    (key) => `Ocp-Apim-Subscription-Key: ${key}`,
    (key) => `api key: ${key}`,
    (key) => `\ufeff${key}`,
    (key) => `<${key}>`,
    (key) => `(${key})`,
  ];
  const report = async (...keys: unknown[]) =>
    (await management.call('POST /v1/leaks', { claims: {}, body: { keys } })).body.outcomes;

  test('one of ours', async () => {
    for (const wrap of around) {
      const { secret } = (await management.call(`POST ${TENANT}/keys`, { body: NEW_KEY })).body;
      expect([wrap('key'), await report(wrap(secret))]).toEqual([wrap('key'), ['ended']]);
    }
    const { secret } = (await management.call(`POST ${TENANT}/keys`, { body: NEW_KEY })).body;
    expect(await report(`curl -H "x-api-key: ${secret}" https://api.example.com/v1/orders`)).toEqual([
      'ended',
    ]);
  });

  test('one that was issued elsewhere', async () => {
    for (const [i, wrap] of around.entries()) {
      const key = `legacy+${createHash('sha256').update(`${i}`).digest('base64')}`;
      const rows = [{ ...NEW_KEY, key }];
      const imported = await management.call(`POST ${TENANT}/keys/import`, { body: { rows } });
      expect(imported.body.counts).toMatchObject({ created: 1 });
      expect([wrap('key'), await report(wrap(key))]).toEqual([wrap('key'), ['ended']]);
    }
  });

  test('in time that grows with the text alone', () => {
    const text = `x${'"'.repeat(200_000)}x${' '.repeat(200_000)}x`;
    const start = performance.now();
    expect(bareKey(text)).toBe(text);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

test('the subscription that names were tried on is as it was', async () => {
  const { body } = await management.call(`GET /v1/subscriptions/${subscriptionId}`);
  expect(body.name).toBe('Sub');
});
