import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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

describe('who decides', () => {
  test.each(['approve', 'reject'])('nobody may %s a request of their own', async (verb) => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/revoke`);
    expect((await eyes.decide(approvalId, verb, ADMIN)).body.error.code).toBe('forbidden');
    expect((await eyes.approval(approvalId))?.state).toBe('pending');
    expect((await eyes.key(keyId))?.status).toBe('active');
  });

  test.each(['approve', 'reject', 'claim'])('only an admin with a second factor may %s', async (verb) => {
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', '/keys', NEW_KEY);
    for (const role of ['developer', 'auditor']) {
      const claims = { ...SECOND_ADMIN, 'keywright:role': role };
      expect((await eyes.decide(approvalId, verb, claims)).body.error.code).toBe('forbidden');
    }
    const answer = await eyes.decide(approvalId, verb, { ...SECOND_ADMIN, amr: '[pwd]' });
    expect(answer.body.error.code).toBe('mfa_required');
  });

  test('to an admin of other tenants there is no such approval', async () => {
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', '/keys', NEW_KEY);
    const foreign = { ...SECOND_ADMIN, 'keywright:tenants': '[tenant_other]' };
    const missing = await eyes.decide('apr_000000000000', 'approve');
    expect(missing.status).toBe(404);
    for (const verb of ['approve', 'reject', 'claim']) {
      const { error } = (await eyes.decide(approvalId, verb, foreign)).body;
      expect({ ...error, requestId: '' }).toEqual({ ...missing.body.error, requestId: '' });
    }
    const own = { ...SECOND_ADMIN, 'keywright:tenants': `[tenant_other ${eyes.tenantId}]` };
    expect((await eyes.decide(approvalId, 'approve', own)).status).toBe(200);
  });

  test('what is rejected is over', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, {});
    expect((await eyes.decide(approvalId, 'reject')).body).toMatchObject({
      state: 'rejected',
      decidedBy: SECOND_ADMIN.sub,
    });
    expect((await dynamodb.lastEvent(itemKey.approval(approvalId))).type).toBe('approval.rejected');
    for (const verb of ['approve', 'reject']) {
      expect((await eyes.decide(approvalId, verb)).body.error.code).toBe('invalid_state');
    }
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
    expect((await eyes.key(keyId))?.revision).toBe(1);
  });
});

describe('who asked', () => {
  test.each([false, true])('takes it back, once; approved before: %p', async (isApproved) => {
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', '/keys', NEW_KEY);
    if (isApproved) await eyes.decide(approvalId, 'approve');
    expect((await eyes.decide(approvalId, 'withdraw')).body.error.code).toBe('forbidden');
    const path = `/v1/approvals/${approvalId}`;
    const body = { reason: 'Found another way' };
    const answer = await eyes.management.call(`POST ${path}/withdraw`, { body });
    expect(answer).toMatchObject({ status: 200, body: { state: 'withdrawn', ...body } });
    expect(await dynamodb.lastEvent(itemKey.approval(approvalId))).toMatchObject({
      ...{ type: 'approval.withdrawn', data: body },
    });
    for (const [verb, claims] of [
      ['withdraw', ADMIN],
      ['claim', ADMIN],
      ['approve', SECOND_ADMIN],
    ] as const) {
      expect((await eyes.decide(approvalId, verb, claims)).body.error.code).toBe('invalid_state');
    }
    expect((await eyes.keys()).body.items).toEqual([]);
  });

  test('and admins of the tenant read it by its id, with names; others and other developers don’t', async () => {
    await eyes.requireApproval();
    const claims = { ...ADMIN, email: 'admin@example.com' };
    const asked = await eyes.management.call(`POST ${eyes.path('/keys')}`, { claims, body: NEW_KEY });
    const { approvalId } = asked.body.approval;
    const read = (who: typeof ADMIN) =>
      eyes.management.call(`GET /v1/approvals/${approvalId}`, { claims: who });
    expect(await read(SECOND_ADMIN)).toMatchObject({
      ...{ status: 200, headers: { etag: '"r1"' } },
      body: { approvalId, state: 'pending', requestedByName: 'admin@example.com', decidedByName: null },
    });
    const developer = { ...ADMIN, 'keywright:role': 'developer' };
    expect((await read(developer)).status).toBe(200);
    expect((await read({ ...developer, sub: 'person-else' })).status).toBe(404);
    expect((await read({ ...SECOND_ADMIN, 'keywright:tenants': '[tenant_other]' })).status).toBe(404);
    eyes.wait(25);
    expect((await read(SECOND_ADMIN)).body.state).toBe('lapsed');
    expect((await eyes.approval(approvalId))?.state).toBe('pending');
  });
});

describe('time', () => {
  test.each(['approve', 'reject'])('a request lapses after a day: too late to %s', async (verb) => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/revoke`);
    eyes.wait(24);
    const listed = await eyes.management.call('GET /v1/approvals', { query: { tenantId: eyes.tenantId } });
    expect(listed.body.items).toMatchObject([{ approvalId, state: 'lapsed' }]);
    expect((await eyes.decide(approvalId, verb)).body.error.code).toBe('invalid_state');
    expect(await eyes.approval(approvalId)).toMatchObject({
      state: 'lapsed',
      lastEvent: { type: 'approval.lapsed', actor: { type: 'system' } },
    });
    expect((await eyes.decide(approvalId, verb)).body.error.code).toBe('invalid_state');
    expect((await eyes.key(keyId))?.status).toBe('active');
  });

  test('a millisecond before, it does not', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/revoke`);
    eyes.wait(24 - 1 / 3_600_000);
    expect((await eyes.decide(approvalId, 'approve')).status).toBe(200);
  });

  test('an approved secret can be claimed for a day after its approval', async () => {
    await eyes.requireApproval();
    const [early, late] = [
      await eyes.request('POST', '/keys', NEW_KEY),
      await eyes.request('POST', '/keys', NEW_KEY),
    ];
    eyes.wait(20);
    for (const approvalId of [early, late]) await eyes.decide(approvalId, 'approve');
    eyes.wait(23);
    expect((await eyes.decide(early, 'claim', ADMIN)).status).toBe(200);
    eyes.wait(1);
    expect((await eyes.decide(late, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
    expect((await eyes.approval(late))?.state).toBe('lapsed');
    expect((await eyes.keys()).body.items).toHaveLength(1);
  });
});

describe('what was requested must still fit when it is carried out', () => {
  test('what was done meanwhile is not done again', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const [first, second] = [
      await eyes.request('POST', `/keys/${keyId}/revoke`),
      await eyes.request('POST', `/keys/${keyId}/revoke`),
    ];
    expect((await eyes.decide(first, 'approve')).status).toBe(200);
    expect((await eyes.decide(second, 'approve')).body.error.code).toBe('invalid_state');
    expect(await eyes.approval(second)).toMatchObject({ state: 'pending', revision: 1 });
    expect((await eyes.key(keyId))?.revision).toBe(2);
  });

  test('a role that is gone, an expiry that has passed, a tenant that is suspended', async () => {
    await eyes.requireApproval();
    const expiresAt = '2026-11-22T13:00:00.000Z';
    const claims = [
      await eyes.request('POST', '/keys', { ...NEW_KEY, role: 'reader' }),
      await eyes.request('POST', '/keys', { ...NEW_KEY, expiresAt }),
    ];
    const [deletion, again] = [
      await eyes.request('DELETE', '/roles/reader'),
      await eyes.request('DELETE', '/roles/reader'),
    ];
    for (const approvalId of [...claims, deletion]) await eyes.decide(approvalId, 'approve');
    expect((await eyes.decide(again, 'approve')).body.error.code).toBe('invalid_state');
    eyes.management.clock = new Date(expiresAt);
    for (const approvalId of claims) {
      expect((await eyes.decide(approvalId, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
      expect((await eyes.approval(approvalId))?.state).toBe('approved');
    }
    const suspended = await eyes.request('POST', '/keys', NEW_KEY);
    await eyes.decide(suspended, 'approve');
    await eyes.management.call(`PATCH ${eyes.path()}`, { body: { status: 'suspended' } });
    expect((await eyes.decide(suspended, 'claim', ADMIN)).body.error.code).toBe('invalid_state');
    expect((await eyes.keys()).body.items).toEqual([]);
  });

  test('an approval that was carried out is not carried out again over a later change', async () => {
    await eyes.requireApproval();
    const put = (permissions: string[]) => eyes.request('PUT', '/roles/clerk', { permissions });
    const first = await put(['orders:*']);
    await eyes.decide(first, 'approve');
    const second = await put(['orders:read']);
    await eyes.decide(second, 'approve');
    expect((await eyes.decide(first, 'approve')).body.error.code).toBe('invalid_state');
    expect((await eyes.tenant())?.roles).toMatchObject({ clerk: { permissions: ['orders:read'] } });
  });
});

describe('listing', () => {
  test('newest first, by tenant and state, page by page, as far as one may see', async () => {
    await eyes.requireApproval();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      eyes.management.clock = new Date(eyes.management.clock.getTime() + 1000);
      ids.unshift(await eyes.request('POST', '/keys', NEW_KEY));
    }
    await eyes.decide(ids[1] ?? '', 'reject');
    const idsOf = (answer: { body: { items: { approvalId: string }[] } }) =>
      answer.body.items.map(({ approvalId }) => approvalId);
    const own = { ...ADMIN, 'keywright:tenants': `[${eyes.tenantId}]` };
    const first = await eyes.management.call('GET /v1/approvals', { claims: own, query: { limit: '3' } });
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    const cursor = first.body.nextCursor;
    const rest = await eyes.management.call('GET /v1/approvals', {
      claims: own,
      query: { limit: '3', cursor },
    });
    expect([idsOf(rest), rest.body.nextCursor]).toEqual([ids.slice(3), null]);
    const rejected = await eyes.management.call('GET /v1/approvals', {
      query: { tenantId: eyes.tenantId, state: 'rejected' },
    });
    expect(idsOf(rejected)).toEqual([ids[1]]);
    expect(idsOf(await eyes.management.call('GET /v1/approvals'))).toEqual(expect.arrayContaining(ids));

    const foreign = { ...ADMIN, 'keywright:tenants': '[tenant_other]' };
    expect((await eyes.management.call('GET /v1/approvals', { claims: foreign })).body.items).toEqual([]);
    const asked = await eyes.management.call('GET /v1/approvals', {
      claims: foreign,
      query: { tenantId: eyes.tenantId },
    });
    expect(asked.status).toBe(404);
    const misplaced = await eyes.management.call('GET /v1/approvals', {
      query: { tenantId: eyes.tenantId, cursor },
    });
    expect(misplaced.body.error.param).toBe('cursor');
  });
});
