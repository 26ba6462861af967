import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { Interruption } from '../support/interruption.ts';
import { ADMIN, SECOND_ADMIN } from '../support/management.ts';

const MANY_CALLS = 100;
const interruption = new Interruption();
let dynamodb: TestDynamoDb;
let eyes: FourEyes;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  dynamodb.main.client.middlewareStack.add(interruption.middleware, { step: 'initialize' });
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  eyes = await FourEyes.start(dynamodb);
});

/** As people see it in the list. */
async function shown(approvalId: string, query: Record<string, string> = {}) {
  const { items } = (
    await eyes.management.call('GET /v1/approvals', { query: { tenantId: eyes.tenantId, ...query } })
  ).body;
  return items.find((each: { approvalId: string }) => each.approvalId === approvalId);
}

const eventsOf = async (id: string) =>
  (await dynamodb.emitted()).filter(({ subject }) => subject.id === id).map(({ type }) => type);

/** What can be approved, and how it shows that it was done once. */
const OPERATIONS = {
  'a revocation': async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/revoke`, {});
    const done = async () => (await eventsOf(keyId)).filter((type) => type === 'apiKey.revoked').length;
    return { approvalId, done };
  },
  'a change of a role': async () => {
    await eyes.requireApproval();
    const approvalId = await eyes.request('PUT', '/roles/clerk', { permissions: ['orders:*'] });
    const events = async () =>
      (await dynamodb.emitted()).filter(({ tenantId }) => tenantId === eyes.tenantId);
    const done = async () => (await events()).filter(({ type }) => type === 'role.changed').length;
    return { approvalId, done };
  },
  'a new subscription': async () => {
    const { management } = eyes;
    const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
    const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
    const product = { name: 'Payments', apiIds: [apiId], requiresApproval: false };
    const { productId } = (await management.call('POST /v1/products', { body: product })).body;
    await eyes.requireApproval();
    const body = { tenantId: eyes.tenantId, productId, name: 'Shop' };
    const { approval } = (await management.call('POST /v1/subscriptions', { body })).body;
    const done = async () => (await eventsOf(approval.subject.id)).length;
    return { approvalId: approval.approvalId, done };
  },
};

describe.each(Object.entries(OPERATIONS))('%s that was approved', (_, ask) => {
  test('reads as carried out once it is, and not before', async () => {
    const { approvalId } = await ask();
    expect(await shown(approvalId)).toMatchObject({ state: 'pending', carriedOut: false, failure: null });
    const answer = await eyes.decide(approvalId, 'approve');
    expect(answer.body).toMatchObject({ state: 'approved', carriedOut: true, failure: null });
    expect(await shown(approvalId, { state: 'approved', carriedOut: 'true' })).toEqual(answer.body);
    expect(await shown(approvalId, { carriedOut: 'false' })).toBeUndefined();
    expect((await eyes.approval(approvalId))?.duePk).toBeUndefined();
  });

  test.each([true, false])(
    'is carried out by the next run, once, wherever it was stopped (the call happens: %s)',
    async (happens) => {
      for (let at = 0; at < MANY_CALLS; at++) {
        eyes = await FourEyes.start(dynamodb);
        const { approvalId, done } = await ask();
        const { calls } = await interruption.during(at, happens, () => eyes.decide(approvalId, 'approve'));
        const isWhole = calls.length < at + (happens ? 1 : 0);
        const { state, carriedOut } = (await shown(approvalId)) ?? {};
        if (state === 'approved' && !carriedOut) await eyes.management.finishApprovals();
        else if (state === 'pending') await eyes.decide(approvalId, 'approve');
        expect([at, await shown(approvalId)]).toMatchObject([at, { state: 'approved', carriedOut: true }]);
        expect([at, await done()]).toEqual([at, 1]);
        expect(await eyes.management.finishApprovals()).toEqual({ examined: 0, failed: 0 });
        if (isWhole) return;
      }
      throw new Error('it never came to its end');
    },
  );

  test('is carried out once by runs that are stopped anywhere, and by two at once', async () => {
    for (let at = 0; at < MANY_CALLS; at++) {
      eyes = await FourEyes.start(dynamodb);
      const { approvalId, done } = await ask();
      await approveAlone(approvalId);
      expect(await shown(approvalId)).toMatchObject({ state: 'approved', carriedOut: false });
      const run = () => eyes.management.finishApprovals().catch(() => ({ examined: 0, failed: 1 }));
      const { calls } = await interruption.during(at, true, run);
      const { management } = eyes;
      await Promise.all([management.finishApprovals(), management.finishApprovals()]);
      await management.finishApprovals();
      expect([at, await shown(approvalId)]).toMatchObject([at, { state: 'approved', carriedOut: true }]);
      expect([at, await done()]).toEqual([at, 1]);
      if (calls.length < at) return;
    }
  });
});

/** Approves, and stops right after the approval's own write. */
async function approveAlone(approvalId: string): Promise<void> {
  const { approvals } = eyes.management;
  const update = approvals.update.bind(approvals);
  approvals.update = async (...change) => {
    await update(...change);
    throw new Error('cut off');
  };
  expect((await eyes.decide(approvalId, 'approve')).status).toBe(500);
  approvals.update = update;
}

test('a run leaves alone what somebody may be carrying out at this moment', async () => {
  const { approvalId, done } = await OPERATIONS['a revocation']();
  await approveAlone(approvalId);
  expect(await eyes.management.finishApprovals(0)).toEqual({ examined: 0, failed: 0 });
  expect(await done()).toBe(0);
  expect(await eyes.management.finishApprovals(1 / 60)).toEqual({ examined: 1, failed: 0 });
  expect(await done()).toBe(1);
});

test('a run does it in the name of who approved it', async () => {
  const { approvalId } = await OPERATIONS['a revocation']();
  await approveAlone(approvalId);
  await eyes.management.finishApprovals();
  const { subject } = await shown(approvalId);
  const event = await dynamodb.lastEvent(itemKey.credential(subject.id.slice('key_'.length)));
  expect(event).toMatchObject({
    type: 'apiKey.revoked',
    actor: { type: 'admin', id: SECOND_ADMIN.sub },
    data: { approval: { approvalId, requestedBy: ADMIN.sub, decidedBy: SECOND_ADMIN.sub } },
  });
});

describe('what can not be done any more', () => {
  const revoked = async (approvalId: string, hours: number) => {
    const { subject } = await shown(approvalId);
    await dynamodb.main.client.send(
      new UpdateCommand({
        TableName: dynamodb.main.name,
        Key: itemKey.credential(subject.id.slice('key_'.length)),
        UpdateExpression: 'SET #status = :revoked, revision = revision + :one',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':revoked': 'revoked', ':one': 1 },
      }),
    );
    await eyes.management.finishApprovals(hours);
  };

  test('ends as failed, with the reason and an event, and is not tried again', async () => {
    const { approvalId, done } = await OPERATIONS['a revocation']();
    await approveAlone(approvalId);
    await revoked(approvalId, 1);
    const { failure } = await shown(approvalId, { state: 'failed' });
    expect(failure).toMatch(/can't be carried out any more: The key is revoked/);
    expect(await dynamodb.lastEvent(itemKey.approval(approvalId))).toMatchObject({
      type: 'approval.failed',
      actor: { type: 'system' },
      data: { reason: failure, operation: 'revokeKey', requestedBy: ADMIN.sub },
    });
    expect(await eyes.management.finishApprovals(2)).toEqual({ examined: 0, failed: 0 });
    for (const verb of ['approve', 'reject']) {
      const { error } = (await eyes.decide(approvalId, verb)).body;
      expect([error.code, error.message]).toEqual([
        'invalid_state',
        expect.stringMatching(/request it anew/),
      ]);
    }
    expect(await done()).toBe(0);
  });

  test('is told to who approves it while that comes about', async () => {
    const { approvalId } = await OPERATIONS['a revocation']();
    const { approvals } = eyes.management;
    const update = approvals.update.bind(approvals);
    approvals.update = async (...change) => {
      approvals.update = update;
      await update(...change);
      await revoked(approvalId, 0);
    };
    const answer = await eyes.decide(approvalId, 'approve');
    expect([answer.status, answer.body.error.code]).toEqual([409, 'invalid_state']);
    expect(await shown(approvalId)).toMatchObject({ state: 'failed', carriedOut: false });
  });

  test('is what nobody carried out within a day', async () => {
    const { approvalId, done } = await OPERATIONS['a change of a role']();
    await approveAlone(approvalId);
    await eyes.management.finishApprovals(25);
    expect(await shown(approvalId)).toMatchObject({
      state: 'failed',
      failure: expect.stringMatching(/time/),
    });
    expect(await done()).toBe(0);
  });
});

describe('a claim', () => {
  test('that was cut off before the secret was made says so, and in the end that it failed', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, {});
    await eyes.decide(approvalId, 'approve');
    expect(await shown(approvalId)).toMatchObject({ state: 'approved', carriedOut: false });
    const { keys } = eyes.management;
    const update = keys.update.bind(keys);
    keys.update = () => Promise.reject(new Error('cut off'));
    await eyes.decide(approvalId, 'claim', ADMIN);
    keys.update = update;
    expect(await shown(approvalId)).toMatchObject({ state: 'claimed', carriedOut: false });
    await eyes.management.finishApprovals(25);
    expect(await shown(approvalId)).toMatchObject({ state: 'failed', carriedOut: false });
  });

  test('that was cut off after it, is known to be done', async () => {
    const keyId = await eyes.create();
    await eyes.requireApproval();
    const approvalId = await eyes.request('POST', `/keys/${keyId}/rotate`, {});
    await eyes.decide(approvalId, 'approve');
    const { approvals } = eyes.management;
    const note = approvals.noteCarriedOut.bind(approvals);
    approvals.noteCarriedOut = () => Promise.reject(new Error('cut off'));
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).status).toBe(200);
    approvals.noteCarriedOut = note;
    expect(await shown(approvalId)).toMatchObject({ state: 'claimed', carriedOut: false });
    expect((await eyes.decide(approvalId, 'claim', ADMIN)).status).toBe(409);
    expect(await shown(approvalId)).toMatchObject({ state: 'claimed', carriedOut: true });
  });
});
