import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keyPattern } from '../../core/domain/keys/key-search.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes, NEW_KEY } from '../support/four-eyes.ts';
import { ADMIN, SECOND_ADMIN } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let eyes: FourEyes;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  eyes = await FourEyes.start(dynamodb);
});

describe('what waits for a second admin', () => {
  test.each([
    ['creating a live key', 'POST', '/keys', NEW_KEY],
    ['rotating one', 'POST', '/keys/$key/rotate', { overlapSeconds: 0 }],
    ['revoking one', 'POST', '/keys/$key/revoke', { reason: 'leaked' }],
    ['ending its overlap', 'POST', '/keys/$rotated/end-overlap', {}],
    ['enabling one', 'POST', '/keys/$disabled/enable', {}],
    ['giving it another role', 'PATCH', '/keys/$key', { role: 'reader' }],
    [
      'lifting its restrictions',
      'PATCH',
      '/keys/$key',
      { name: 'Renamed', permissions: null, allowedCidrs: ['::1/128'] },
    ],
    ['creating a role', 'PUT', '/roles/clerk', { permissions: ['orders:read'] }],
    ['changing a role', 'PUT', '/roles/reader', { permissions: ['*:*'] }],
    ['deleting a role', 'DELETE', '/roles/reader', undefined],
    ['turning the setting off', 'PATCH', '', { settings: { requireApproval: false } }],
    [
      'turning it off while suspending',
      'PATCH',
      '',
      { status: 'suspended', settings: { requireApproval: false } },
    ],
    ['taking leaks less seriously', 'PATCH', '', { name: 'New', settings: { leakResponse: 'notify' } }],
  ])('%s, and until then nothing changes', async (_, method, place, body) => {
    const [key, rotated, disabled] = await Promise.all([eyes.create(), eyes.create(), eyes.create()]);
    await eyes.management.call(`POST ${eyes.path(`/keys/${rotated}/rotate`)}`, { body: {} });
    await eyes.management.call(`POST ${eyes.path(`/keys/${disabled}/disable`)}`);
    await eyes.requireApproval();
    const stored = () => Promise.all([eyes.tenant(), ...[key, rotated, disabled].map((id) => eyes.key(id))]);
    const before = await stored();
    const listed = (await eyes.keys()).body.items.length;

    const names: Record<string, string> = { $key: key, $rotated: rotated, $disabled: disabled };
    const named = place.replace(/\$\w+/, (name) => names[name] ?? '');
    const answer = await eyes.management.call(`${method} ${eyes.path(named)}`, { ...(body && { body }) });

    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      approval: expect.objectContaining({
        tenantId: eyes.tenantId,
        state: 'pending',
        requestedBy: ADMIN.sub,
        requestedAt: '2026-11-22T12:00:00.000Z',
        expiresAt: '2026-11-23T12:00:00.000Z',
        body: expect.objectContaining(body ?? {}),
        decidedBy: null,
      }),
    });
    expect(await stored()).toEqual(before);
    expect((await eyes.keys()).body.items).toHaveLength(listed);
    const { approvalId, operation, subject } = answer.body.approval;
    expect(await dynamodb.lastEvent(itemKey.approval(approvalId))).toMatchObject({
      type: 'approval.requested',
      tenantId: eyes.tenantId,
      actor: { type: 'admin', id: ADMIN.sub },
      subject: { type: 'approval', id: approvalId },
      data: { operation, subject },
    });
  });

  test('a tenant that was suspended is not resumed by one', async () => {
    await eyes.requireApproval();
    expect(
      (await eyes.management.call(`PATCH ${eyes.path()}`, { body: { status: 'suspended' } })).status,
    ).toBe(200);
    await eyes.request('PATCH', '', { status: 'active' });
    expect((await eyes.tenant())?.status).toBe('suspended');
  });

  test('everything that shows no secret is carried out by the approval', async () => {
    const [key, disabled, rotated, doomed] = [
      await eyes.create(),
      await eyes.create(),
      await eyes.create(),
      await eyes.create(),
    ];
    await eyes.management.call(`POST ${eyes.path(`/keys/${rotated}/rotate`)}`, { body: {} });
    await eyes.management.call(`POST ${eyes.path(`/keys/${disabled}/disable`)}`);
    await eyes.requireApproval();
    const carryOut = async (method: string, rest: string, body?: unknown) => {
      const approvalId = await eyes.request(method, rest, body);
      const answer = await eyes.decide(approvalId, 'approve');
      expect(answer).toMatchObject({ status: 200, body: { state: 'approved', decidedBy: SECOND_ADMIN.sub } });
      return approvalId;
    };
    const revocation = await carryOut('POST', `/keys/${doomed}/revoke`, { reason: 'leaked' });
    await carryOut('POST', `/keys/${disabled}/enable`);
    await carryOut('POST', `/keys/${rotated}/end-overlap`);
    await carryOut('PATCH', `/keys/${key}`, { role: 'reader', permissions: ['orders:read'] });
    await carryOut('PUT', '/roles/clerk', { permissions: ['orders:read'] });
    await carryOut('DELETE', '/roles/writer');
    await carryOut('PATCH', '', { settings: { requireApproval: false } });

    expect(await eyes.key(doomed)).toMatchObject({
      status: 'revoked',
      lastEvent: {
        type: 'apiKey.revoked',
        actor: { id: SECOND_ADMIN.sub },
        data: {
          reason: 'leaked',
          approval: { approvalId: revocation, requestedBy: ADMIN.sub, decidedBy: SECOND_ADMIN.sub },
        },
      },
    });
    expect((await eyes.key(disabled))?.status).toBe('active');
    expect((await eyes.key(rotated))?.secrets).toHaveLength(1);
    expect(await eyes.key(key)).toMatchObject({ role: 'reader', permissions: ['orders:read'] });
    const tenant = await eyes.tenant();
    expect(Object.keys(Object(tenant?.roles)).sort()).toEqual(['clerk', 'reader']);
    expect(tenant?.settings).toEqual({ requireApproval: false, leakResponse: 'revoke' });
    expect(
      (await eyes.management.call(`POST ${eyes.path('/keys')}`, { body: { ...NEW_KEY, role: 'clerk' } }))
        .status,
    ).toBe(201);
  });
});

describe('what does not wait', () => {
  test('the brakes: disabling a live key, suspending the tenant', async () => {
    const key = await eyes.create();
    await eyes.requireApproval();
    expect((await eyes.management.call(`POST ${eyes.path(`/keys/${key}/disable`)}`)).body.status).toBe(
      'disabled',
    );
    expect(
      (await eyes.management.call(`PATCH ${eyes.path()}`, { body: { status: 'suspended' } })).status,
    ).toBe(200);
  });

  test('names and metadata, and what would change nothing', async () => {
    const key = await eyes.create();
    await eyes.requireApproval();
    const body = { name: 'Renamed', metadata: { team: 'a' }, role: 'writer' };
    expect((await eyes.management.call(`PATCH ${eyes.path(`/keys/${key}`)}`, { body })).body.name).toBe(
      'Renamed',
    );
    expect((await eyes.management.call(`PATCH ${eyes.path()}`, { body: { name: 'Renamed' } })).status).toBe(
      200,
    );
    const reader = { permissions: ['*:read'], description: 'Reads everything' };
    expect((await eyes.management.call(`PUT ${eyes.path('/roles/reader')}`, { body: reader })).status).toBe(
      200,
    );
  });

  test('sandbox keys, whatever is done to them', async () => {
    await eyes.requireApproval();
    const key = await eyes.create('sandbox');
    const at = eyes.path(`/keys/${key}`);
    for (const call of [
      `POST ${at}/rotate`,
      `POST ${at}/end-overlap`,
      `POST ${at}/disable`,
      `POST ${at}/enable`,
      `POST ${at}/revoke`,
    ]) {
      expect([call, (await eyes.management.call(call, { body: {} })).status]).toEqual([call, 200]);
    }
  });

  test('what is refused already', async () => {
    const key = await eyes.create();
    await eyes.management.call(`POST ${eyes.path(`/keys/${key}/revoke`)}`);
    await eyes.requireApproval();
    const again = await eyes.management.call(`POST ${eyes.path(`/keys/${key}/revoke`)}`);
    expect(again.body.error.code).toBe('invalid_state');
    const body = { ...NEW_KEY, role: 'nobody' };
    expect((await eyes.management.call(`POST ${eyes.path('/keys')}`, { body })).status).toBe(400);
  });
});

describe('a secret', () => {
  test('of a new key is made when its requester claims it, and shown once', async () => {
    await eyes.requireApproval();
    const answer = await eyes.management.call(`POST ${eyes.path('/keys')}`, { body: NEW_KEY });
    const { approvalId, subject } = answer.body.approval;
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
    expect((await eyes.decide(approvalId, 'approve')).body).toMatchObject({ state: 'approved', subject });
    expect((await eyes.keys()).body.items).toEqual([]);
    expect((await eyes.decide(approvalId, 'claim')).body.error.code).toBe('forbidden');

    const claimed = await eyes.decide(approvalId, 'claim', ADMIN);
    expect(claimed).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { key: { keyId: subject.id, status: 'active', createdBy: ADMIN.sub } },
    });
    const item = (await eyes.key(subject.id)) as {
      digests: Record<string, { pepper: string; hmac: string }>;
    };
    const [digest] = Object.values(item.digests);
    expect(digest && eyes.management.pepper.verifies(claimed.body.secret, digest)).toBe(true);

    for (const claims of [ADMIN, SECOND_ADMIN]) {
      expect((await eyes.decide(approvalId, 'claim', claims)).status).toBe(claims === ADMIN ? 409 : 403);
    }
    expect((await eyes.approval(approvalId))?.state).toBe('claimed');
    const stored = JSON.stringify(await dynamodb.everything());
    expect(stored).not.toContain(claimed.body.secret);
    expect(eyes.management.logged.join('')).not.toContain(claimed.body.secret);
    expect(stored.match(keyPattern(eyes.management.keyFormat)) ?? []).toEqual([]);
  });

  test('of a rotation too, with the overlap that was approved', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, { overlapSeconds: 60 });
    await eyes.decide(approvalId, 'approve');
    eyes.management.clock = new Date('2026-11-23T11:00:00.000Z');
    const claimed = await eyes.decide(approvalId, 'claim', ADMIN);
    expect(claimed.body.key.secrets).toMatchObject([
      { expiresAt: null },
      { expiresAt: '2026-11-23T11:01:00.000Z' },
    ]);
    expect(await eyes.key(keyId)).toMatchObject({
      lastEvent: { type: 'apiKey.rotated', actor: { id: ADMIN.sub }, data: { approval: { approvalId } } },
    });
    eyes.management.clock = new Date('2026-11-23T11:02:00.000Z');
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
    expect((await eyes.key(keyId))?.revision).toBe(2);
  });

  test('a create that is repeated with its Idempotency-Key waits once', async () => {
    await eyes.requireApproval();
    const headers = { 'idempotency-key': 'create-1' };
    const ask = (name: string) =>
      eyes.management.call(`POST ${eyes.path('/keys')}`, { headers, body: { ...NEW_KEY, name } });
    const first = await ask('Key');
    const repeat = await ask('Key');
    expect(repeat).toMatchObject({ status: 202, headers: { 'idempotent-replayed': 'true' } });
    expect(repeat.body).toEqual(first.body);
    expect((await ask('Other')).body.error.code).toBe('idempotency_mismatch');
  });
});
