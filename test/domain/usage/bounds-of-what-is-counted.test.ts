import { describe, expect, test } from '@jest/globals';
import {
  type Idempotency,
  idempotencyOf,
  isRepeat,
  newItemId,
  wasAnswered,
  withAnswered,
} from '../../../core/domain/ground/idempotency.ts';
import { boundReached, type OpenRequest, stillOpen } from '../../../core/domain/products/open-request.ts';
import {
  beginsDay,
  closeDay,
  type KeyProfile,
  newProfile,
  recentSighting,
  usualBefore,
  type Visit,
  withVisits,
} from '../../../core/domain/security/key-profile.ts';
import type { AccessRecord, RefusalRecord } from '../../../core/domain/usage/access-record.ts';
import { emptyCount, keepOnly, tallyOf } from '../../../core/domain/usage/usage-tally.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-06-01T12:00:00.000Z');
const iso = (time: number) => new Date(time).toISOString();
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('what is usual for a key', () => {
  const profile = newProfile('key_1', START);
  const hour = (requests: number, statuses = {}) => ({ requests, statuses });
  const days = (count: number): KeyProfile =>
    numbers(count).reduce((known, i) => closeDay(known, [hour(i + 1)], START + (i + 1) * DAY), profile);

  test('begins with nothing', () => {
    expect(profile).toEqual({
      ...{ keyId: 'key_1', since: iso(START), day: '2026-06-01', days: [], countries: {}, revision: 1 },
    });
    expect([beginsDay(profile, START + 12 * HOUR - 1), beginsDay(profile, START + 12 * HOUR)]).toEqual([
      false,
      true,
    ]);
    expect(beginsDay(profile, START - DAY)).toBe(false);
  });

  test('is of its hours’ sums, the busiest of them, and errors without 429', () => {
    const hours = [hour(3, { 200: 1, 400: 2, 429: 9 }), hour(5, { 499: 1, 500: 7 })];
    expect(closeDay(profile, hours, START + DAY)).toEqual({
      ...profile,
      day: '2026-06-02',
      days: [{ day: '2026-06-01', requests: 8, clientErrors: 3, busiestHour: 5 }],
    });
    expect(closeDay(profile, [], START + DAY)).toEqual({ ...profile, day: '2026-06-02' });
  });

  test('is told from three days of use on, by the last seven', () => {
    expect(usualBefore(days(2), '2026-06-30T00')).toBeUndefined();
    expect(usualBefore(days(3), '2026-06-30T00')).toEqual({ busiestHour: 3, clientErrorShare: 0 });
    expect(days(7).days).toHaveLength(7);
    expect(days(8).days.map(({ day }) => day.slice(-2))).toEqual(['02', '03', '04', '05', '06', '07', '08']);
    // Days from the one at hand on say nothing of it.
    expect(usualBefore(days(4), '2026-06-04T10')).toEqual({ busiestHour: 3, clientErrorShare: 0 });
    expect(usualBefore(days(4), '2026-06-03T23')).toBeUndefined();
  });

  const visit = (first: number, last = first, country = 'DE'): Visit => ({
    ...{ country, first, last, requests: 1, networks: [], requestIds: [] },
  });
  const seen = withVisits(profile, [visit(START, START + HOUR)]);

  test('has where it was seen from, and when first and last', () => {
    expect(seen.countries).toEqual({ DE: { first: iso(START), last: iso(START + HOUR) } });
  });

  test.each([
    [
      'a visit less than a quarter of an hour later is not worth writing',
      START + HOUR + 15 * MINUTE - 1,
      undefined,
    ],
    [
      'one a quarter of an hour later is',
      START + HOUR + 15 * MINUTE,
      { first: iso(START), last: iso(START + 75 * MINUTE) },
    ],
  ])('%s', (_, time, sighting) => {
    const after = withVisits(seen, [visit(time)]);
    if (sighting === undefined) expect(after).toBe(seen);
    else expect(after).toEqual({ ...seen, countries: { DE: sighting } });
  });

  test('an earlier visit, told later, is the first', () => {
    expect(withVisits(seen, [visit(START - 1)])).toEqual({
      ...seen,
      since: iso(START - 1),
      countries: { DE: { first: iso(START - 1), last: iso(START + HOUR) } },
    });
  });

  test('a country is forgotten ninety days after it was seen last', () => {
    const last = START + HOUR;
    const at = (time: number) => recentSighting(seen, 'DE', time);
    expect([at(last + 90 * DAY - 1), at(last + 90 * DAY)]).toEqual([seen.countries.DE, undefined]);
    expect(recentSighting(seen, 'FR', START)).toBeUndefined();
    const kept = (time: number) => Object.keys(withVisits(seen, [visit(time, time, 'FR')]).countries);
    expect([kept(last + 90 * DAY - 1), kept(last + 90 * DAY)]).toEqual([['DE', 'FR'], ['FR']]);
  });
});

describe('what a batch adds', () => {
  const access = (change: Partial<AccessRecord>): AccessRecord =>
    ({
      ...{ id: 'i', time: START, requestId: 'r', method: 'GET', route: '/v1', status: 200 },
      caller: { keyId: 'key_1', tenantId: 't', environment: 'live', keyType: 'secret', secretId: 's1' },
      ...{ latencyMilliseconds: undefined, sourceIp: '203.0.113.7', refusedWith: undefined },
      ...change,
    }) as AccessRecord;
  const refusal = (change: Partial<RefusalRecord>): RefusalRecord => ({
    ...{ id: 'i', time: START, requestId: 'r', cause: 'unknown_key', code: 'authentication_failed' },
    ...{ keyId: undefined, owner: undefined, sourceIp: '203.0.113.7' },
    ...change,
  });
  const tally = (accesses: AccessRecord[], refusals: RefusalRecord[] = []) =>
    tallyOf({ id: 'b', accesses, refusals }, () => 'DE');

  test('is to its key and its tenant, by hour and day, whole', () => {
    const common = {
      ...emptyCount(),
      requests: 1,
      statuses: { 200: 1 },
      routes: { 'GET /v1': 1 },
      countries: { DE: 1 },
    };
    const own = { ...common, networks: { '203.0.113.0/24': 1 }, secrets: { s1: 1 } };
    const tenant = { kind: 'tenant', tenantId: 't', environment: 'live', keyType: 'secret' };
    expect(tally([access({})])).toEqual([
      { subject: { kind: 'credential', keyId: 'key_1' }, period: '2026-06-01T12', count: own },
      { subject: tenant, period: '2026-06-01T12', count: common },
      { subject: { kind: 'credential', keyId: 'key_1' }, period: '2026-06-01', count: own },
      { subject: tenant, period: '2026-06-01', count: common },
    ]);
    const unplaced = tally([access({ sourceIp: undefined, latencyMilliseconds: 5 })])[0]?.count;
    expect([unplaced?.countries, unplaced?.networks, Object.values(unplaced?.latencies ?? {})]).toEqual([
      { '-': 1 },
      { '-': 1 },
      [1],
    ]);
    expect(tally([access({ caller: undefined })])).toEqual([]);
  });

  test.each([
    [40, 40, undefined],
    [41, 41, 1],
    [60, 41, 20],
  ])('has forty names of a list, and the rest as one: %i', (routes, names, other) => {
    const records = numbers(routes).map((i) => access({ route: `/r${String(i).padStart(2, '0')}` }));
    const count = tally(records)[0]?.count;
    expect([Object.keys(count?.routes ?? {}).length, count?.routes.other, count?.requests]).toEqual([
      names,
      other,
      routes,
    ]);
    expect(count?.routes['GET /r39']).toBe(1);
  });

  test.each([
    [200, undefined],
    [201, 1],
  ])('has two hundred networks of refused callers one by one: %i', (count, other) => {
    const networks = tally(
      [],
      numbers(count).map((i) => refusal({ sourceIp: `10.0.${i}.1` })),
    );
    expect(
      networks.find(({ subject }) => 'network' in subject && subject.network === 'other')?.count.requests,
    ).toBe(other);
    expect(networks).toHaveLength(other === undefined ? 200 : 201);
  });

  test('is a refusal’s to its network, to a key that exists, and to the owner of one that was verified', () => {
    const owner = { tenantId: 't', environment: 'live', keyType: 'secret' } as const;
    const subjects = (change: Partial<RefusalRecord>) =>
      tally([], [refusal(change)]).map(({ subject, count }) => `${subject.kind} ${count.requests}`);
    expect(subjects({})).toEqual(['network 1']);
    expect(subjects({ keyId: 'key_1' })).toEqual(['network 1']);
    expect(subjects({ keyId: 'key_1', cause: 'wrong_secret' })).toEqual(['network 1', 'namedKey 1']);
    expect(subjects({ keyId: 'key_1', cause: 'key_revoked', owner })).toEqual([
      ...['credential 0', 'tenant 0', 'credential 0', 'tenant 0', 'network 1', 'namedKey 1'],
    ]);
    for (const cause of ['network_not_allowed', 'permission_missing', 'quota_exceeded', 'unavailable'])
      expect(subjects({ keyId: 'key_1', cause })).toEqual([]);
  });

  test('keeps all of a number under the names that are kept', () => {
    expect(keepOnly({ a: 1, b: 2, c: 3, other: 4 }, new Set(['b']))).toEqual({ b: 2, other: 8 });
  });
});

describe('what a developer has open', () => {
  const open = (count: number, productId = 'prod_1'): OpenRequest[] =>
    numbers(count).map((i) => ({ subscriptionId: `${i}`, productId, requestedAt: iso(START) }));

  test.each([
    [open(49), undefined],
    [open(50), '50 subscriptions to one product'],
    [open(99, 'prod_2'), undefined],
    [open(100, 'prod_2'), '100 subscriptions'],
  ])('of %j', (requests, bound) => {
    expect(boundReached(requests, 'prod_1')).toBe(bound);
  });

  test('counts until it ends, or two days where it never came to be', () => {
    const left = (state: string | undefined, age: number) =>
      stillOpen(open(1), () => state as never, new Date(START + age)).length;
    expect([left(undefined, 48 * HOUR - 1), left(undefined, 48 * HOUR)]).toEqual([1, 0]);
    expect(
      ['pending', 'active', 'suspended', 'cancelled', 'rejected'].map((state) => left(state, 99 * DAY)),
    ).toEqual([1, 1, 1, 0, 0]);
  });
});

describe('what a request repeats', () => {
  const request = { tenantId: 't', operation: 'o', sub: 's', key: 'k', body: { a: 1 } };
  const first = idempotencyOf(request);

  test.each([
    [{ tenantId: 'u' }],
    [{ tenantId: undefined }],
    [{ operation: 'p' }],
    [{ sub: 'u' }],
    [{ key: 'l' }],
    [{ target: 'x' }],
  ])('is never what differs in %j', (change) => {
    expect(isRepeat(first, idempotencyOf({ ...request, ...change }))).toBe(false);
  });

  test('is the same with the same body, and an error with another', () => {
    expect([isRepeat(first, idempotencyOf(request)), isRepeat(undefined, first)]).toEqual([true, false]);
    expect(() => isRepeat(first, idempotencyOf({ ...request, body: { a: 2 } }))).toThrow(
      expect.objectContaining({ code: 'idempotency_mismatch', param: 'Idempotency-Key' }),
    );
  });

  test('is remembered of the last five that were answered', () => {
    const requests = numbers(6).map((i) => idempotencyOf({ ...request, key: `${i}` }));
    const answeredTo = (count: number) =>
      requests
        .slice(0, count)
        .reduce<{ answered?: readonly Idempotency[] }>((state, one) => withAnswered(state, one), {});
    expect([wasAnswered(answeredTo(5), requests[0]), wasAnswered(answeredTo(6), requests[0])]).toEqual([
      true,
      false,
    ]);
    expect(wasAnswered(answeredTo(6), requests[1])).toBe(true);
    expect(wasAnswered({}, requests[0])).toBe(false);
    expect(wasAnswered(answeredTo(6), undefined)).toBe(false);
    const state = {};
    expect(withAnswered(state, undefined)).toBe(state);
  });

  test('makes the same id, and another makes another', () => {
    const bytes = (count: number) => new Uint8Array(count).fill(1);
    const ids = [first, idempotencyOf({ ...request, key: 'l' }), undefined].map((one) =>
      newItemId(one, bytes),
    );
    expect(ids[0]).toBe(newItemId(first, () => new Uint8Array(12)));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{12}$/);
  });
});
