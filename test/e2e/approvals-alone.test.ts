import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Operation, ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { ADMIN, SECOND_ADMIN } from '../support/management.ts';

/** Some hundred calls; a few seconds on a quiet machine. */
const LONGEST_MILLISECONDS = 120_000;

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());

const role = fc.constantFrom('reader', 'writer', 'clerk', 'none');
const permissions = fc.constantFrom(['*:*'], ['orders:read'], []);
const some = <Shape extends object>(shape: { [name in keyof Shape]: fc.Arbitrary<Shape[name]> }) =>
  fc.record(shape, { requiredKeys: [] });
const nothing = fc.constant({});

/** What an admin may send to each operation that changes something of a tenant's. */
const BODIES: { readonly [operation in Operation]?: fc.Arbitrary<object> } = {
  createKey: fc.record({
    name: fc.constant('Mine'),
    type: fc.constantFrom('secret', 'publishable'),
    environment: fc.constantFrom('live', 'live', 'sandbox'),
    role,
  }),
  importKeys: fc.record({
    rows: fc.array(
      fc.record({
        name: fc.constant('Brought'),
        type: fc.constantFrom('secret', 'publishable'),
        environment: fc.constantFrom('live', 'sandbox'),
        role,
        key: fc.uuid(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  importSubscriptions: fc.record({
    rows: fc.constant([
      { productId: 'prod_000000000000', name: 'Brought', primary: { key: 'x'.repeat(40) } },
    ]),
  }),
  updateKey: some({
    name: fc.constant('Renamed'),
    role,
    permissions: fc.constantFrom(null, ['*:*']),
    expiresAt: fc.constantFrom(null, '2026-12-01T00:00:00.000Z'),
    allowedCidrs: fc.constantFrom([], ['203.0.113.0/24']),
    metadata: fc.constantFrom({}, { team: 'a' }),
  }),
  rotateKey: some({ overlapSeconds: fc.constantFrom(0, 60, 86_400) }),
  endOverlap: nothing,
  disableKey: nothing,
  enableKey: nothing,
  revokeKey: some({ reason: fc.constant('because') }),
  updateTenant: some({
    name: fc.constant('Renamed'),
    status: fc.constantFrom('active', 'suspended'),
    settings: some({ requireApproval: fc.boolean(), leakResponse: fc.constantFrom('revoke', 'notify') }),
  }),
  putRole: fc.record({ permissions }),
  deleteRole: nothing,
  approveApproval: nothing,
  rejectApproval: nothing,
  claimApproval: nothing,
};

const CHANGES = ROUTES.filter(({ key, roles }) => !key.startsWith('GET') && roles.length > 0);

/** One call of an admin's; the numbers choose among what there is by then. */
const call = fc.constantFrom(...CHANGES).chain(({ key, operation }) =>
  fc.record({
    key: fc.constant(key),
    operation: fc.constant(operation),
    body: BODIES[operation] ?? nothing,
    role,
    choice: fc.nat(20),
    waitHours: fc.constantFrom(0, 0, 0, 1, 25),
  }),
);

test('every operation on a tenant is among those tried', () => {
  const onTenants = CHANGES.filter(({ key }) => key.includes('{tenantId}') || key.includes('{approvalId}'));
  const missing = onTenants.filter(({ operation }) => BODIES[operation] === undefined);
  expect(missing.map(({ operation }) => operation)).toEqual([]);
});

/** A tenant with an active, a disabled and an overlapping live key, that asks for four eyes from now on. */
async function guardedTenant(): Promise<{ eyes: FourEyes; keyIds: string[] }> {
  const eyes = await FourEyes.start(dynamodb);
  const keyIds = [await eyes.create(), await eyes.create(), await eyes.create()];
  const [, disabled, rotated] = keyIds;
  await eyes.management.call(`POST ${eyes.path(`/keys/${disabled}/disable`)}`);
  await eyes.management.call(`POST ${eyes.path(`/keys/${rotated}/rotate`)}`, { body: {} });
  await eyes.requireApproval();
  return { eyes, keyIds };
}

/** All that a second admin's approval guards: a live key may only be named anew and stopped, and is idle then. */
async function guarded(eyes: FourEyes) {
  const keys = (await dynamodb.ofTenant(eyes.tenantId))
    .filter(({ pk, environment }) => String(pk).startsWith('CRED#') && environment === 'live')
    .map(({ name, metadata, status, reminders, duePk, dueAt, revision, lastEvent, ...rest }) => rest)
    .sort((a, b) => (String(a.pk) < String(b.pk) ? -1 : 1));
  const { roles, settings } = (await eyes.tenant()) ?? {};
  return { keys, roles, settings };
}

test(
  'one admin alone neither gets a live key nor changes one, whatever he calls in whatever order',
  async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 20, maxLength: 50, size: 'max' }), async (calls) => {
        const { eyes, keyIds } = await guardedTenant();
        const { management } = eyes;
        const before = await guarded(eyes);
        const stopped = new Set([keyIds[1]]);
        const approvalIds = ['apr_000000000000'];
        for (const { key, body, role, choice, waitHours } of calls) {
          eyes.wait(waitHours);
          const keyId = keyIds[choice % keyIds.length] ?? '';
          const target = key
            .replace('{tenantId}', eyes.tenantId)
            .replace('{keyId}', keyId)
            .replace('{role}', role)
            .replace('{approvalId}', approvalIds[choice % approvalIds.length] ?? '')
            .replace(/\{\w+\}/, 'none');
          const answer = await management.call(target, { body });
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status === 202) {
            approvalIds.push(answer.body.approval.approvalId);
            if (answer.body.approval.operation === 'createKey') keyIds.push(answer.body.approval.subject.id);
          }
          if (key.endsWith('/disable') && answer.status === 200) stopped.add(keyId);
          const shown = (answer.text.match(management.keyFormat.pattern()) ?? []).filter(
            (text) => management.keyFormat.parse(text)?.environment === 'live',
          );
          expect([target, shown]).toEqual([target, []]);
        }
        expect(await guarded(eyes)).toEqual(before);
        for (const { keyId } of before.keys as { keyId?: string }[]) {
          const status = (await eyes.key(keyId ?? ''))?.status;
          expect([keyId, status]).toEqual([keyId, stopped.has(keyId) ? 'disabled' : 'active']);
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
    // Otherwise it was not the second admin who was missing.
    expect(statuses.get(202)).toBeGreaterThan(20);
    expect(statuses.get(403)).toBeGreaterThan(5);
  },
  LONGEST_MILLISECONDS,
);

test('two admins can do all of it', async () => {
  const { eyes, keyIds } = await guardedTenant();
  const create = { name: 'New', type: 'secret', environment: 'live', role: 'writer' };
  const together = async (method: string, rest: string, body: object) => {
    const approvalId = await eyes.request(method, rest, body);
    expect((await eyes.decide(approvalId, 'approve', SECOND_ADMIN)).status).toBe(200);
    return approvalId;
  };
  const created = await together('POST', '/keys', create);
  expect((await eyes.decide(created, 'claim', ADMIN)).body.secret).toMatch(/^sk_live_/);
  const rotated = await together('POST', `/keys/${keyIds[0]}/rotate`, {});
  expect((await eyes.decide(rotated, 'claim', ADMIN)).body.secret).toMatch(/^sk_live_/);
  await together('POST', `/keys/${keyIds[1]}/revoke`, {});
  expect((await eyes.key(keyIds[1] ?? ''))?.status).toBe('revoked');
});
