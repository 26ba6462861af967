import { generateKeyPairSync, sign } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { readLogBatch } from '../../functions/usage-consumer/log-batch.ts';
import { accessLine, delivery, refusalLine } from '../support/usage.ts';
import { BACKEND, KEYS, ORDERS, TENANT, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
beforeAll(async () => {
  backend = await VerifyFixture.start();
});
afterAll(() => backend.close());
beforeEach(() => backend.renew());

/** Makes a stored credential such that whoever reads it fails. */
async function damage(keyId: string): Promise<void> {
  const { client, name } = backend.dynamodb.main;
  const place = itemKey.credential(keyId.slice(-12));
  const { digests = {} } = (await backend.dynamodb.item(place)) ?? {};
  await client.send(
    new UpdateCommand({
      TableName: name,
      Key: place,
      UpdateExpression: 'SET digests = :broken',
      ExpressionAttributeValues: {
        ':broken': Object.fromEntries(Object.keys(digests as object).map((id) => [id, null])),
      },
    }),
  );
}

/** What no row of any batch can be. */
const NONSENSE = [
  null,
  5,
  true,
  [],
  {},
  'x',
  '',
  'x'.repeat(5000),
  { key: 5 },
  { __proto: 1 },
  [[]],
  '\u0000',
  '\ud800',
];

describe('POST /v1/leaks', () => {
  const report = (keys: unknown) => backend.management.call('POST /v1/leaks', { claims: {}, body: { keys } });

  test('a row that is no key is that row’s result, and the others are ended', async () => {
    const first = await backend.newKey();
    const last = await backend.newKey();
    const { status, body } = await report([first.secret, ...NONSENSE, last.secret]);
    expect(status).toBe(200);
    expect(body.outcomes).toEqual(['ended', ...NONSENSE.map(() => 'unknown'), 'ended']);
  });

  test('a record that can’t be read fails alone, and is told in the log', async () => {
    const broken = await backend.newKey();
    const whole = await backend.newKey();
    await damage(broken.keyId);
    const { status, body } = await report([broken.secret, whole.secret]);
    expect([status, body.outcomes]).toEqual([200, ['failed', 'ended']]);
    expect(backend.management.logged.join('')).toContain('could not be looked at');
    expect(backend.management.logged.join('')).not.toContain(broken.secret);
    expect((await report([broken.secret])).body.outcomes).toEqual(['failed']);
  });

  test('a key that others keep changing fails alone', async () => {
    const busy = await backend.newKey();
    const whole = await backend.newKey();
    const { keys } = backend.management;
    const update = keys.update.bind(keys);
    keys.update = async (before, change) => {
      await update(
        before,
        before.keyId === busy.keyId ? { ...change, state: { ...before, revision: -1 } } : change,
      );
      if (before.keyId === busy.keyId) throw Object.assign(new Error('x'), { name: 'Unexpected' });
    };
    expect((await report([busy.secret, whole.secret])).body.outcomes).toEqual(['failed', 'ended']);
  });

  test('while the store is down the call is a 503, whatever else was reported; a part of it is told', async () => {
    const keys = [await backend.newKey(), await backend.newKey()];
    const { tenants } = backend.management;
    const get = tenants.get.bind(tenants);
    const down = () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' }));
    tenants.get = down;
    const texts = keys.map(({ secret }) => secret);
    for (const reported of [texts, [...texts, 'x', 5]]) {
      expect(await report(reported)).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    }
    let calls = 0;
    tenants.get = (id) => (calls++ === 0 ? down() : get(id));
    const { status, body } = await report(texts);
    expect([status, body.outcomes.toSorted()]).toEqual([200, ['ended', 'failed']]);
  });
});

describe('GitHub’s reports', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const send = (matches: unknown) => {
    backend.management.githubKeys = async () => ({ public_keys: [{ key_identifier: 'own', key }] });
    const text = JSON.stringify(matches);
    return backend.management.call('POST /v1/leaks/github', {
      claims: {},
      text,
      headers: {
        'github-public-key-identifier': 'own',
        'github-public-key-signature': sign('sha256', Buffer.from(text), pair.privateKey).toString('base64'),
      },
    });
  };

  test('a match that is not as described is passed over; the others are looked at', async () => {
    const { secret } = await backend.newKey();
    const match = { token: secret, type: 'acme', url: 5, source: 'x'.repeat(300) };
    const { status, body } = await send([...NONSENSE, match]);
    expect([status, body.map(({ label }: { label: string }) => label)]).toEqual([200, ['true_positive']]);
  });

  test('of a match that failed nothing is said', async () => {
    const broken = await backend.newKey();
    const whole = await backend.newKey();
    await damage(broken.keyId);
    const matches = [broken, whole].map(({ secret }) => ({ token: secret, type: 'acme' }));
    const { status, body } = await send(matches);
    expect([status, body.map(({ label }: { label: string }) => label)]).toEqual([200, ['true_positive']]);
  });
});

describe('POST /v1/verify', () => {
  test('a request that is wrong itself gets a result that says so, and the others are decided', async () => {
    const { secret } = await backend.newKey({ rateLimits: [{ limit: 3, windowSeconds: 60 }] });
    const wrong: [unknown, string | undefined][] = [
      ...NONSENSE.filter((row) => typeof row !== 'object' || row === null).map(
        (row) => [row, undefined] as [unknown, undefined],
      ),
      [{}, 'key'],
      [{ key: secret, cost: -5 }, 'cost'],
      [{ key: secret, cost: 0.5 }, 'cost'],
      [{ key: secret, ip: '999.1.1.1' }, 'ip'],
      [{ key: secret, colour: 1 }, 'colour'],
      [{ key: secret, apiId: 'api_000000000000' }, 'apiId'],
      [{ key: secret, apiId: ORDERS, method: 'GET' }, 'path'],
    ];
    const requests = [{ key: secret }, ...wrong.map(([row]) => row), { key: secret }];
    const { status, body } = await backend.ask({ requests });
    expect(status).toBe(200);
    const [first, ...others] = body.results;
    expect([first, others.at(-1)]).toMatchObject([
      { valid: true },
      { valid: true, rateLimits: [{ remaining: 1 }] },
    ]);
    for (const [i, [row, param]] of wrong.entries()) {
      expect([row, others[i]]).toEqual([
        row,
        expect.objectContaining({ valid: false, code: 'invalid_request', message: expect.any(String) }),
      ]);
      expect(others[i].param).toBe(param);
    }
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  test('a record that can’t be read is refused alone; asked for alone it is a 503', async () => {
    const broken = await backend.newKey();
    const whole = await backend.newKey();
    await damage(broken.keyId);
    const requests = [{ key: broken.secret, ip: '203.0.113.7' }, { key: whole.secret }, 5];
    const { results } = await backend.verify({ requests });
    expect(results.map(({ code }: { code: string }) => code)).toEqual([
      'authorizer_unavailable',
      'valid',
      'invalid_request',
    ]);
    expect(await backend.ask({ requests: [requests[0], 5] })).toMatchObject({ status: 503 });
  });

  test('a batch of nothing but wrong requests is answered; what is no batch is a 400', async () => {
    expect((await backend.ask({ requests: [5, 6] })).status).toBe(200);
    expect(
      (await backend.management.call('POST /v1/verify', { principal: BACKEND, body: { requests: 5 } }))
        .status,
    ).toBe(400);
  });
});

describe('a batch of log lines', () => {
  const keyId = 'key_LogLines0000';
  const good = { id: 'good', keyId, tenantId: TENANT };

  test('counts all lines but those that nobody could count', () => {
    const bad = [
      accessLine({ ...good, id: 'late', time: 1e20 }),
      accessLine({ ...good, id: 'early', time: -1 }),
      accessLine({ ...good, id: 'never', time: Number.NaN }),
      accessLine({ ...good, id: 'endless', time: Number.POSITIVE_INFINITY }),
      { ...refusalLine({ id: 'refused', cause: 'unknown_key' }), timestamp: 9e15 },
      { id: 'no text', timestamp: 0, message: '{"' },
      { id: 'null', timestamp: 0, message: 'null' },
    ];
    const batch = readLogBatch(delivery([...bad, accessLine(good)]));
    expect(batch).toMatchObject({ unreadable: bad.length, accesses: [{ caller: { keyId } }], refusals: [] });
  });

  test('takes a caller from a line only where the store could take it', () => {
    const strange = [
      { tenantId: 'x'.repeat(3000) },
      { tenantId: 'tenant_a#live' },
      { secretId: 'x'.repeat(70_000) },
      { keyId: 'key_0123456789AB#x' },
    ];
    const lines = strange.map((fields, i) => accessLine({ ...good, id: `strange-${i}`, ...fields }));
    const batch = readLogBatch(delivery([...lines, accessLine(good)]));
    expect(batch?.accesses.map(({ caller }) => caller?.keyId)).toEqual([
      ...strange.map(() => undefined),
      keyId,
    ]);
  });
});

test('an import’s rows are taken one by one too', async () => {
  const row = {
    name: 'Key',
    type: 'secret',
    environment: 'live',
    role: 'writer',
    key: `legacy-${'x'.repeat(20)}`,
  };
  const { status, body } = await backend.management.call(`POST ${KEYS}/import`, {
    body: { rows: [...NONSENSE, row] },
  });
  expect([status, body.counts]).toEqual([
    200,
    { created: 1, exists: 0, invalid: NONSENSE.length, pending: 0 },
  ]);
});
