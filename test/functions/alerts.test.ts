import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FINDING_KINDS, type Finding, type FindingKind } from '../../core/domain/security/finding.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';
import { ADMIN, TestManagement } from '../support/management.ts';

const OWN = { ...ADMIN, sub: 'person-own', 'keywright:tenants': '[tenant_own]' };
const BOTH = { ...ADMIN, 'keywright:tenants': '[tenant_own tenant_other]' };

let dynamodb: TestDynamoDb;
let management: TestManagement;

function finding(kind: FindingKind, tenantId: string | null, id: string): Finding {
  const subject = { type: tenantId === null ? 'network' : 'apiKey', id } as const;
  const evidence = { networks: ['198.51.100.0/24'], keyIds: ['key_000000000001'] };
  return findingOf({ kind, tenantId, subject, evidence });
}

const find = (what: Finding, now: Date) => raiseAlert(dynamodb.main, what, now);

/** Every page of the list, two at a time. */
async function list(query: Record<string, string> = {}, claims = ADMIN) {
  // biome-ignore lint/suspicious/noExplicitAny: the schema has been checked
  const items: any[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await management.call('GET /v1/alerts', {
      claims,
      query: { limit: '2', ...query, ...(cursor !== '' && { cursor }) },
    });
    expect(page.status).toBe(200);
    items.push(...page.body.items);
    cursor = page.body.nextCursor;
  }
  return items;
}
const ids = (items: readonly { alertId: string }[]) => items.map(({ alertId }) => alertId);

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

describe('a finding', () => {
  const what = finding('requestSpike', 'tenant_own', 'key_00000000spike');

  test('is one item and its event in one write, and ends after 400 days', async () => {
    const { alertId, isNew } = await find(what, new Date('2026-11-22T10:30:00.000Z'));
    expect(isNew).toBe(true);
    expect(await dynamodb.item(itemKey.alert(alertId))).toMatchObject({
      kind: 'requestSpike',
      state: 'open',
      ttl: Date.parse('2026-11-22T10:30:00.000Z') / 1000 + 400 * 86_400,
      lastEvent: {
        type: 'usage.spike',
        tenantId: 'tenant_own',
        actor: { type: 'system', id: 'keywright' },
        subject: { type: 'apiKey', id: 'key_00000000spike' },
        data: { alertId, kind: 'requestSpike', evidence: what.evidence },
      },
    });
  });

  test('that is found again changes nothing, not even from twenty batches at once', async () => {
    const other = { ...what, subject: { type: 'apiKey' as const, id: 'key_0000000twenty' } };
    const times = Array.from({ length: 20 }, (_, i) => new Date(Date.parse('2026-11-22T11:00:00Z') + i));
    const all = await Promise.all(times.map((time) => find(other, time)));
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(all.map(({ alertId }) => alertId)).size).toBe(1);
  });

  test.each([
    ['networkAuthFailures', 'auth.failureBurst'],
    ['keyAuthFailures', 'auth.failureBurst'],
    ['clientErrors', 'usage.clientErrors'],
    ['rateLimitExceeded', 'rateLimit.exceeded'],
    ['requestSpike', 'usage.spike'],
    ['newCountry', 'auth.geoAnomaly'],
    ['impossibleTravel', 'auth.geoAnomaly'],
  ] as const)('of %s is announced by %s', async (kind, type) => {
    const { alertId } = await find(finding(kind, 'tenant_kinds', `key_${kind}`), management.clock);
    expect((await dynamodb.lastEvent(itemKey.alert(alertId))).type).toBe(type);
  });
});

describe('the list of alerts', () => {
  /** Newest first. */
  const made: { alertId: string; kind: string; tenantId: string | null; foundAt: string; subject: string }[] =
    [];

  beforeAll(async () => {
    for (let i = 0; i < 12; i++) {
      const tenantId = [null, 'tenant_listed', 'tenant_other'][i % 3] ?? null;
      const kind = tenantId === null ? 'networkAuthFailures' : (FINDING_KINDS[1 + (i % 4)] ?? 'clientErrors');
      const subject = `subject-${i}`;
      const foundAt = new Date(Date.parse('2026-12-01T00:00:00Z') + i * 1000);
      const { alertId } = await find(finding(kind, tenantId, subject), foundAt);
      made.unshift({ alertId, kind, tenantId, subject, foundAt: foundAt.toISOString() });
    }
    management = new TestManagement(dynamodb);
    for (const { alertId } of made.slice(3, 6)) {
      await management.call(`POST /v1/alerts/${alertId}/acknowledge`, { body: {} });
    }
  });
  const since = { from: '2026-12-01T00:00:00.000Z' };

  test('shows who acts for all of them, those of no tenant too, newest first', async () => {
    expect(ids(await list(since))).toEqual(ids(made));
  });

  test('shows everybody else those of their tenants and nothing of the others', async () => {
    const listed = { ...ADMIN, 'keywright:tenants': '[tenant_listed]' };
    const mine = made.filter(({ tenantId }) => tenantId === 'tenant_listed');
    expect(ids(await list({}, listed))).toEqual(ids(mine));
    expect(ids(await list({ tenantId: 'tenant_listed' }, listed))).toEqual(ids(mine));
    const auditor = { ...listed, 'keywright:role': 'auditor', amr: '[pwd]' };
    expect(ids(await list({}, auditor))).toEqual(ids(mine));
    const both = made.filter(({ tenantId }) => tenantId !== null);
    const claims = { ...ADMIN, 'keywright:tenants': '[tenant_listed tenant_other]' };
    expect(ids(await list({}, claims))).toEqual(ids(both));
    const foreign = await management.call('GET /v1/alerts', {
      claims: listed,
      query: { tenantId: 'tenant_other' },
    });
    expect(foreign.status).toBe(404);
  });

  test('is filtered by tenant, kind, state, subject and time', async () => {
    const expected = (keep: (alert: (typeof made)[number], index: number) => boolean) =>
      ids(made.filter(keep));
    const acknowledged = (_: unknown, index: number) => index >= 3 && index < 6;
    expect(ids(await list({ tenantId: 'tenant_other' }))).toEqual(
      expected(({ tenantId }) => tenantId === 'tenant_other'),
    );
    expect(ids(await list({ ...since, kind: 'networkAuthFailures' }))).toEqual(
      expected(({ kind }) => kind === 'networkAuthFailures'),
    );
    expect(ids(await list({ ...since, state: 'acknowledged' }))).toEqual(expected(acknowledged));
    expect(ids(await list({ ...since, state: 'open' }))).toEqual(
      expected((_, index) => !acknowledged(_, index)),
    );
    expect(ids(await list({ tenantId: 'tenant_other', state: 'acknowledged' }))).toEqual(
      expected((alert, index) => alert.tenantId === 'tenant_other' && acknowledged(alert, index)),
    );
    expect(ids(await list({ subject: 'subject-7' }))).toEqual(
      expected(({ subject }) => subject === 'subject-7'),
    );
    const [from, to] = ['2026-12-01T00:00:03.000Z', '2026-12-01T00:00:08.000Z'];
    expect(ids(await list({ from, to }))).toEqual(expected(({ foundAt }) => foundAt >= from && foundAt < to));
  });

  test('tells what was found, on what it rests and what to do', async () => {
    const [alert] = await list({ subject: 'subject-9' });
    expect(alert).toMatchObject({
      kind: 'networkAuthFailures',
      tenantId: null,
      subject: { type: 'network', id: 'subject-9' },
      state: 'open',
      acknowledgedBy: null,
      suggestion: expect.stringContaining('Block the network'),
      evidence: { measured: 120, requestIds: ['request-1'] },
    });
  });

  test('refuses a cursor of another list and filters that it does not know', async () => {
    const { body } = await management.call('GET /v1/alerts', { query: { limit: '1' } });
    const wrong = { tenantId: 'tenant_other', cursor: body.nextCursor };
    expect((await management.call('GET /v1/alerts', { query: wrong })).status).toBe(400);
    for (const query of [{ kind: 'weather' }, { state: 'closed' }, { since: 'yesterday' }]) {
      expect((await management.call('GET /v1/alerts', { query })).status).toBe(400);
    }
  });
});

describe('an alert by its id', () => {
  test('is read, given to somebody and put off; the lists of all and of one tenant find it by both', async () => {
    const { alertId } = await find(finding('clientErrors', 'tenant_own', 'key_assigned'), management.clock);
    const path = `/v1/alerts/${alertId}`;
    const until = new Date(management.clock.getTime() + 3_600_000).toISOString();
    const changes = { assign: { assignedTo: 'jane@example.com' }, snooze: { until } };
    for (const [verb, body] of Object.entries(changes)) {
      const answer = await management.call(`POST ${path}/${verb}`, { claims: OWN, body });
      expect(answer.body).toMatchObject({ alertId, state: 'open', ...(verb === 'assign' && body) });
    }
    const read = await management.call(`GET ${path}`, { claims: OWN });
    expect(read).toMatchObject({
      status: 200,
      body: { assignedTo: 'jane@example.com', snoozedUntil: until },
    });
    expect(read.headers.etag).toBe('"r3"');
    await dynamodb.settle();
    for (const claims of [ADMIN, OWN]) {
      const about = { subject: 'key_assigned' };
      const found = async (query: Record<string, string>) =>
        ids(await list({ ...about, ...query }, claims)).length;
      expect([await found({ snoozed: 'true' }), await found({ snoozed: 'false' })]).toEqual([1, 0]);
      const mine = await found({ assignedTo: 'jane@example.com' });
      expect([mine, await found({ assignedTo: 'joe' })]).toEqual([1, 0]);
    }
    management.clock = new Date(Date.parse(until));
    expect(ids(await list({ subject: 'key_assigned', snoozed: 'false' }))).toEqual([alertId]);
  });

  test('is not there for who may not see it, whatever is asked', async () => {
    const foreign = await find(finding('clientErrors', 'tenant_other', 'key_hidden'), management.clock);
    const nobody = await find(finding('networkAuthFailures', null, '192.0.3.0/24'), management.clock);
    for (const [{ alertId }, claims] of [
      [foreign, OWN],
      [nobody, BOTH],
      [{ alertId: 'alert_nothingthere' }, ADMIN],
    ] as const) {
      const path = `/v1/alerts/${alertId}`;
      const answers = await Promise.all([
        management.call(`GET ${path}`, { claims }),
        management.call(`POST ${path}/assign`, { claims, body: { assignedTo: 'me' } }),
        management.call(`POST ${path}/snooze`, { claims, body: { until: null } }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
  });
});

describe('acknowledging', () => {
  test('notes who, when and what for, in one write with its event, and once', async () => {
    const { alertId } = await find(
      finding('clientErrors', 'tenant_own', 'key_acknowledge'),
      management.clock,
    );
    const path = `POST /v1/alerts/${alertId}/acknowledge`;
    const answer = await management.call(path, { claims: OWN, body: { note: ' Their client is fixed. ' } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      alertId,
      state: 'acknowledged',
      acknowledgedBy: 'person-own',
      acknowledgedAt: '2026-11-22T12:00:00.000Z',
      note: 'Their client is fixed.',
    });
    expect(await dynamodb.lastEvent(itemKey.alert(alertId))).toMatchObject({
      type: 'alert.acknowledged',
      tenantId: 'tenant_own',
      actor: { type: 'admin', id: 'person-own' },
      subject: { type: 'alert', id: alertId },
      data: {
        kind: 'clientErrors',
        about: { type: 'apiKey', id: 'key_acknowledge' },
        note: 'Their client is fixed.',
      },
    });
    const again = await management.call(path, { body: {} });
    expect([again.status, again.body.error.code]).toEqual([409, 'invalid_state']);
  });

  test('what was acknowledged and is found again stays acknowledged', async () => {
    const what = finding('clientErrors', 'tenant_own', 'key_stays');
    const { alertId } = await find(what, management.clock);
    await management.call(`POST /v1/alerts/${alertId}/acknowledge`, { body: {} });
    expect(await find(what, management.clock)).toEqual({ alertId, isNew: false });
    expect(await dynamodb.item(itemKey.alert(alertId))).toMatchObject({ state: 'acknowledged' });
  });

  test('of two at once, one does it', async () => {
    const { alertId } = await find(finding('clientErrors', 'tenant_own', 'key_race'), management.clock);
    const answers = await Promise.all(
      [1, 2].map((n) =>
        management.call(`POST /v1/alerts/${alertId}/acknowledge`, { body: { note: `${n}` } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('is not for who does not act for its tenant, nor for what concerns no one tenant', async () => {
    const foreign = await find(finding('clientErrors', 'tenant_other', 'key_foreign'), management.clock);
    const nobody = await find(finding('networkAuthFailures', null, '192.0.2.0/24'), management.clock);
    for (const { alertId, claims } of [
      { ...foreign, claims: OWN },
      { ...nobody, claims: BOTH },
      { alertId: 'alert_nothingthere', claims: ADMIN },
    ]) {
      const path = `POST /v1/alerts/${alertId}/acknowledge`;
      expect((await management.call(path, { claims, body: {} })).status).toBe(404);
    }
    const path = `POST /v1/alerts/${nobody.alertId}/acknowledge`;
    expect((await management.call(path, { body: {} })).status).toBe(200);
  });

  test('takes a note of 500 characters at most, and nothing else', async () => {
    const { alertId } = await find(finding('clientErrors', 'tenant_own', 'key_note'), management.clock);
    for (const body of [{ note: 'x'.repeat(501) }, { note: '' }, { state: 'open' }]) {
      expect((await management.call(`POST /v1/alerts/${alertId}/acknowledge`, { body })).status).toBe(400);
    }
  });
});
