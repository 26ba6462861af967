import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { GuardedTenant } from '../support/guarded-tenant.ts';
import { issuedText } from '../support/imports.ts';
import { ADMIN, SECOND_ADMIN, type TestClaims } from '../support/management.ts';

/** Some hundred calls; a few seconds on a quiet machine. */
const LONGEST_MILLISECONDS = 120_000;

let dynamodb: TestDynamoDb;
let guarded: GuardedTenant;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
const startAnew = async () => {
  guarded = await GuardedTenant.start(dynamodb);
};

type Changing = Exclude<(typeof ROUTES)[number], { key: `GET ${string}` } | { roles: readonly [] }>;
const CHANGES = ROUTES.filter(
  (route): route is Changing => !route.key.startsWith('GET') && route.roles.length > 0,
);

/**
 * What becomes of a call by one admin alone: it `waits`; it is a `brake`; it `describes` or asks, and gives
 * nothing that works; it is `refused`; or it concerns no live credential of the tenant's (`elsewhere`).
 */
type Outcome = 'waits' | 'brake' | 'describes' | 'refused' | 'elsewhere';
interface Case {
  readonly outcome: Outcome;
  /** In place of the route's path parameters; a key of `guarded.ids`. */
  readonly on?: keyof GuardedTenant['ids'];
  readonly body?: (ids: GuardedTenant['ids']) => object;
}

const waits = (on?: Case['on'], body?: Case['body']): Case => ({
  outcome: 'waits',
  ...(on && { on }),
  ...(body && { body }),
});

const allMail = (choice: string) => ({
  ...{ approvals: choice, decisions: choice, expiring: choice },
  ...{ leaked: choice, newNetwork: choice },
});

/** Every changing operation; `tsc` and the first test miss one that is not here. */
const CASES: Readonly<Record<Changing['operation'], readonly Case[]>> = {
  createKey: [
    waits(undefined, () => GuardedTenant.NEW_KEY),
    { outcome: 'elsewhere', body: () => ({ ...GuardedTenant.NEW_KEY, environment: 'sandbox' }) },
  ],
  updateKey: [
    waits('activeKey', () => ({ role: 'reader' })),
    waits('activeKey', () => ({ name: 'New', allowedCidrs: ['203.0.113.0/24'] })),
    { outcome: 'describes', on: 'activeKey', body: () => ({ name: 'New', metadata: { team: 'a' } }) },
  ],
  tryRole: [{ outcome: 'elsewhere', body: () => ({ permissions: ['*:read'] }) }],
  tryKey: [{ outcome: 'elsewhere', on: 'activeKey', body: () => ({ role: 'reader' }) }],
  tryApi: [{ outcome: 'elsewhere', on: 'apiId', body: () => ({ routes: [] }) }],
  rotateKey: [
    waits('activeKey'),
    waits('overlappingKey', () => ({ overlapSeconds: 0 })),
    waits('disabledKey'),
  ],
  endOverlap: [waits('overlappingKey')],
  disableKey: [{ outcome: 'brake', on: 'activeKey' }],
  enableKey: [waits('disabledKey')],
  revokeKey: [waits('activeKey', () => ({ reason: 'because' }))],
  putKeyRotation: [waits('activeKey', () => ({ principalArn: 'arn:aws:iam::000000000000:role/Rotate' }))],
  deleteKeyRotation: [{ outcome: 'brake', on: 'activeKey' }],
  importKeys: [
    {
      outcome: 'refused',
      body: () => ({ rows: [{ ...GuardedTenant.NEW_KEY, key: issuedText() }] }),
    },
  ],
  releaseImport: [{ outcome: 'refused', body: ({ importedText }) => ({ key: importedText }) }],
  importSubscriptions: [
    {
      outcome: 'refused',
      body: ({ immediate }) => ({
        rows: [{ productId: immediate, name: 'Brought', primary: { key: issuedText() } }],
      }),
    },
  ],
  createSubscription: [
    waits(undefined, ({ tenantId, immediate }) => ({ tenantId, productId: immediate, name: 'Mine' })),
    {
      outcome: 'describes',
      body: ({ tenantId, approved }) => ({ tenantId, productId: approved, name: 'Mine' }),
    },
  ],
  approveSubscription: [waits('ownRequest'), { outcome: 'describes', on: 'othersRequest' }],
  rejectSubscription: [
    { outcome: 'describes', on: 'ownRequest' },
    { outcome: 'describes', on: 'othersRequest' },
  ],
  suspendSubscription: [{ outcome: 'brake', on: 'activeSubscription' }],
  resumeSubscription: [waits('suspendedSubscription')],
  cancelSubscription: [
    waits('activeSubscription'),
    waits('suspendedSubscription'),
    { outcome: 'describes', on: 'ownRequest' },
  ],
  updateSubscription: [
    waits('activeSubscription', () => ({ limits: { quota: null }, reason: 'because' })),
    { outcome: 'describes', on: 'activeSubscription', body: () => ({ name: 'Renamed' }) },
  ],
  putSubscriptionRotation: [
    waits('activeSubscription', () => ({ principalArn: 'arn:aws:iam::000000000000:role/Rotate' })),
  ],
  deleteSubscriptionRotation: [{ outcome: 'brake', on: 'activeSubscription' }],
  withdrawSubscription: [{ outcome: 'describes', on: 'ownRequest' }],
  revealSubscriptionKeys: [
    waits('activeSubscription'),
    waits('ownRequest'),
    waits('othersRequest'),
    waits('suspendedSubscription'),
  ],
  regenerateSubscriptionKey: [
    waits('activeSubscription'),
    waits('ownRequest'),
    waits('suspendedSubscription'),
  ],
  createTenant: [{ outcome: 'elsewhere', body: () => ({ name: 'Another' }) }],
  updateTenant: [
    waits(undefined, () => ({ settings: { requireApproval: false } })),
    waits(undefined, () => ({ status: 'suspended', settings: { leakResponse: 'notify' } })),
    { outcome: 'brake', body: () => ({ status: 'suspended' }) },
    { outcome: 'describes', body: () => ({ name: 'New' }) },
  ],
  putRole: [waits(undefined, () => ({ permissions: ['orders:*'] }))],
  deleteRole: [waits()],
  // Of the operator, who has no tenant: an API's callers share its client key, whichever tenant is theirs.
  createApi: [{ outcome: 'elsewhere', body: () => ({ name: 'a', environment: 'live', scheme: 'tenant' }) }],
  updateApi: [{ outcome: 'elsewhere', on: 'apiId', body: () => ({ name: 'New' }) }],
  putApiOpenApi: [
    {
      outcome: 'elsewhere',
      on: 'apiId',
      body: () => ({ openapi: '3.1.1', info: { title: 'A', version: '1' }, paths: {} }),
    },
  ],
  revealClientKey: [{ outcome: 'elsewhere', on: 'apiId' }],
  regenerateClientKey: [{ outcome: 'elsewhere', on: 'apiId' }],
  publishClientKey: [
    { outcome: 'elsewhere', on: 'sandboxApi' },
    { outcome: 'refused', on: 'apiId' },
  ],
  unpublishClientKey: [{ outcome: 'elsewhere', on: 'sandboxApi' }],
  createProduct: [{ outcome: 'elsewhere', body: ({ apiId }) => ({ name: 'Other', apiIds: [apiId] }) }],
  updateProduct: [{ outcome: 'elsewhere', on: 'immediate', body: () => ({ description: 'New' }) }],
  approveApproval: [{ outcome: 'refused', on: 'ownApproval' }],
  rejectApproval: [{ outcome: 'refused', on: 'ownApproval' }],
  withdrawApproval: [{ outcome: 'describes', on: 'ownApproval' }],
  claimApproval: [{ outcome: 'refused', on: 'ownApproval' }],
  createInvitation: [
    waits(undefined, () => ({ email: 'second@example.com', role: 'admin' })),
    { outcome: 'elsewhere', body: () => ({ email: 'one@example.com', role: 'developer' }) },
  ],
  importInvitations: [
    { outcome: 'elsewhere', body: () => ({ rows: [{ email: 'third@example.com', role: 'admin' }] }) },
  ],
  updateMember: [
    waits('developerMember', () => ({ role: 'admin' })),
    { outcome: 'brake', on: 'adminMember', body: () => ({ role: 'developer' }) },
  ],
  removeMember: [{ outcome: 'brake', on: 'adminMember' }],
  // Of sessions that are not there: one that is there ends, whoever is asked.
  endMySession: [{ outcome: 'refused' }],
  endMemberSession: [{ outcome: 'refused', on: 'adminMember' }],
  deleteInvitation: [{ outcome: 'brake', on: 'invitation' }],
  // By who is invited, whom two admins chose.
  createSignUp: [{ outcome: 'refused', body: () => ({ company: 'Acme', use: 'Pay' }) }],
  approveSignUp: [{ outcome: 'refused', body: () => ({ tenantId: 'tenant_none' }) }],
  rejectSignUp: [{ outcome: 'refused', body: () => ({ reason: 'Who?' }) }],
  // Nobody is mailed here; what a person is told is that person's own affair.
  leaveTenant: [{ outcome: 'refused' }],
  putNotifications: [{ outcome: 'refused', body: () => allMail('mail') }],
  acceptInvitation: [{ outcome: 'refused', body: () => ({ token: 'none' }) }],
  acknowledgeAlert: [{ outcome: 'refused', on: 'noAlert', body: () => ({ note: 'Seen' }) }],
  assignAlert: [{ outcome: 'refused', on: 'noAlert', body: () => ({ assignedTo: null }) }],
  snoozeAlert: [{ outcome: 'refused', on: 'noAlert', body: () => ({ until: null }) }],
};

describe('of every operation that changes something, in a tenant that asks for two admins', () => {
  const all = CHANGES.flatMap(({ key, operation }) => CASES[operation].map((each) => ({ key, ...each })));
  const names = all.map(({ key, on = '', outcome }) => `${key} ${on}: ${outcome}`);
  // What waits or is refused leaves the tenant as it was, good for the next case.
  const leavesAll: readonly Outcome[] = ['waits', 'refused', 'elsewhere'];
  let isUsed = true;
  test.each(all.map((each, i) => [`${names[i]} (${i})`, each] as const))('%s', async (_, each) => {
    if (isUsed) await startAnew();
    isUsed = !leavesAll.includes(each.outcome);
    const { ids } = guarded;
    const before = await guarded.live();
    const answer = await guarded.call(each.key, each.on === undefined ? '' : ids[each.on], each.body?.(ids));
    if (each.outcome === 'waits') expect(answer).toMatchObject({ status: 202, body: { approval: {} } });
    else expect(answer.status).not.toBe(202);
    if (each.outcome === 'refused') {
      const results = answer.body.results?.map(({ result }: { result: string }) => result);
      expect(results ?? (answer.status >= 400 ? ['invalid'] : [answer.text])).toEqual(['invalid']);
    } else {
      expect(answer.status).toBeLessThan(300);
    }
    guarded.expectNoMore(before, await guarded.live());
    expect(guarded.shownLive(answer.text)).toEqual([]);
  });

  test('there is a case', () => {
    expect(Object.keys(CASES).sort()).toEqual(CHANGES.map(({ operation }) => operation).sort());
  });
});

/** One call of an admin's; the numbers choose among what there is by then. */
const anyCall = fc.constantFrom(...CHANGES).chain(({ key, operation }) =>
  fc.record({
    key: fc.constant(key),
    operation: fc.constant(operation),
    body: fc.constantFrom(...CASES[operation].map(({ body }) => body)),
    choice: fc.nat(40),
    waitHours: fc.constantFrom(0, 0, 0, 1, 25),
  }),
);

test(
  'whatever one admin calls in whatever order, it gets, shows and changes no live credential',
  async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyCall, { minLength: 30, maxLength: 60, size: 'max' }), async (calls) => {
        await startAnew();
        const before = await guarded.live();
        for (const { key, body, choice, waitHours } of calls) {
          guarded.eyes.wait(waitHours);
          const answer = await guarded.call(key, guarded.any(key, choice), body?.(guarded.ids));
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          guarded.learn(answer);
          expect([key, guarded.shownLive(answer.text)]).toEqual([key, []]);
        }
        guarded.expectNoMore(before, await guarded.live());
      }),
      { numRuns: 5, endOnFailure: true },
    );
    // Otherwise it was not the second admin who was missing.
    expect(statuses.get(202)).toBeGreaterThan(10);
    expect(statuses.get(403)).toBeGreaterThan(2);
  },
  LONGEST_MILLISECONDS,
);

describe('two people can do all of it', () => {
  beforeEach(startAnew);
  const DEVELOPER: TestClaims = { ...ADMIN, sub: 'person-developer', 'keywright:role': 'developer' };
  const together = async (key: string, id: string, body: object, claims = ADMIN) => {
    const asked = await guarded.call(key, id, body, claims);
    expect(asked.status).toBe(202);
    const { approvalId } = asked.body.approval;
    expect((await guarded.eyes.decide(approvalId, 'approve', claims)).status).toBe(403);
    expect((await guarded.eyes.decide(approvalId, 'approve', SECOND_ADMIN)).status).toBe(200);
    return approvalId;
  };
  const SUBSCRIPTION = 'POST /v1/subscriptions/{subscriptionId}';
  const stateOf = async (id: string) =>
    (await guarded.eyes.management.call(`GET /v1/subscriptions/${id}`)).body.state;

  test('API keys', async () => {
    const keys = 'POST /v1/tenants/{tenantId}/keys';
    const { ids, eyes } = guarded;
    const created = await together(keys, '', GuardedTenant.NEW_KEY);
    expect((await eyes.decide(created, 'claim', ADMIN)).body.secret).toMatch(/^sk_live_/);
    const rotated = await together(`${keys}/{keyId}/rotate`, ids.overlappingKey, {});
    expect((await eyes.decide(rotated, 'claim', ADMIN)).body.key.secrets).toHaveLength(2);
    await together(`${keys}/{keyId}/revoke`, ids.activeKey, {});
    expect((await eyes.key(ids.activeKey))?.status).toBe('revoked');
  });

  test('a subscription is made as it was asked for, and is its requester’s', async () => {
    const { ids, eyes } = guarded;
    const body = { tenantId: ids.tenantId, productId: ids.immediate, name: 'Ours', oauthClientIds: ['shop'] };
    const asked = await guarded.call('POST /v1/subscriptions', '', body, DEVELOPER);
    const { approvalId, subject } = asked.body.approval;
    const path = `GET /v1/subscriptions/${subject.id}`;
    expect((await eyes.management.call(path)).status).toBe(404);
    expect((await eyes.decide(approvalId, 'approve', SECOND_ADMIN)).status).toBe(200);
    expect((await eyes.management.call(path)).body).toMatchObject({
      state: 'active',
      createdBy: DEVELOPER.sub,
      oauthClientIds: ['shop'],
    });
    expect((await eyes.decide(approvalId, 'approve', SECOND_ADMIN)).status).toBe(409);
    const reveal = await together(`${SUBSCRIPTION}/keys/reveal`, subject.id, {}, DEVELOPER);
    const shown = (await eyes.decide(reveal, 'claim', DEVELOPER)).body;
    const regenerate = `${SUBSCRIPTION}/keys/{slot}/regenerate`;
    const replaced = await together(regenerate, subject.id, {}, DEVELOPER);
    const { key } = (await eyes.decide(replaced, 'claim', DEVELOPER)).body;
    expect(key).not.toBe(shown.primaryKey);
    const again = await together(`${SUBSCRIPTION}/keys/reveal`, subject.id, {}, DEVELOPER);
    expect((await eyes.decide(again, 'claim', DEVELOPER)).body).toEqual({ ...shown, primaryKey: key });
  });

  test('what shows keys is claimed by whoever asked for it, and seen in the list by the same person and by admins', async () => {
    const { ids, eyes } = guarded;
    const reveal = await together(`${SUBSCRIPTION}/keys/reveal`, ids.activeSubscription, {}, DEVELOPER);
    const other = { ...DEVELOPER, sub: 'person-other' };
    for (const claims of [ADMIN, SECOND_ADMIN, other]) {
      expect((await eyes.decide(reveal, 'claim', claims)).status).toBe(403);
    }
    const listed = async (claims: TestClaims) => {
      const query = { tenantId: ids.tenantId, state: 'approved' };
      const { items } = (await eyes.management.call('GET /v1/approvals', { claims, query })).body;
      return items.map(({ approvalId }: { approvalId: string }) => approvalId);
    };
    expect([await listed(other), await listed(DEVELOPER), await listed(ADMIN)]).toEqual([
      [],
      [reveal],
      [reveal],
    ]);
  });

  test('subscriptions are approved, resumed and cancelled', async () => {
    const { ids } = guarded;
    await together(`${SUBSCRIPTION}/approve`, ids.ownRequest, {});
    await together(`${SUBSCRIPTION}/resume`, ids.suspendedSubscription, {});
    await together(`${SUBSCRIPTION}/cancel`, ids.activeSubscription, { reason: 'over' });
    const states = [ids.ownRequest, ids.suspendedSubscription, ids.activeSubscription].map(stateOf);
    expect(await Promise.all(states)).toEqual(['active', 'active', 'cancelled']);
  });

  test('a request of one is approved by the other at once: those are two', async () => {
    const { ids } = guarded;
    expect((await guarded.call(`${SUBSCRIPTION}/approve`, ids.othersRequest, {})).body.state).toBe('active');
  });

  test.each(['reveal', 'regenerate', 'create', 'resume'] as const)(
    'cut off anywhere, a %s of a subscription is done once by repeating the call',
    async (what) => {
      for (let step = 0; step < 4; step++) await guarded.cutOffAndRepeat(what, step);
    },
  );
});
