import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccessRecord, RefusalRecord } from '../../../core/domain/usage/access-record.ts';
import { dayOf, emptyCount, hourOf, keepOnly, tallyOf } from '../../../core/domain/usage/usage-tally.ts';

const START = Date.parse('2026-06-01T12:00:00.000Z');
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

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
    const uses = { 's1 203.0.113.0/24 GET /v1': 1 };
    const own = { ...common, networks: { '203.0.113.0/24': 1 }, secrets: { s1: 1 }, uses };
    const ofTenant = { ...common, keys: { key_1: 1 } };
    const tenant = { kind: 'tenant', tenantId: 't', environment: 'live', keyType: 'secret' };
    expect(tally([access({})])).toEqual([
      {
        subject: { kind: 'credential', keyId: 'key_1' },
        period: '2026-06-01T12',
        count: { ...own, steps: { 's1 00': 1 } },
      },
      { subject: tenant, period: '2026-06-01T12', count: ofTenant },
      { subject: { kind: 'credential', keyId: 'key_1' }, period: '2026-06-01', count: own },
      { subject: tenant, period: '2026-06-01', count: ofTenant },
    ]);
    const unplaced = tally([access({ sourceIp: undefined, latencyMilliseconds: 5 })])[0]?.count;
    expect([unplaced?.countries, unplaced?.networks, Object.values(unplaced?.latencies ?? {})]).toEqual([
      { '-': 1 },
      { '-': 1 },
      [1],
    ]);
    expect(tally([access({ caller: undefined })])).toEqual([]);
    const errors = [400, 499, 500, 599, 200, 302].map((status) => access({ status }));
    expect(tally(errors)[0]?.count.routeErrors).toEqual({ '4 GET /v1': 2, '5 GET /v1': 2 });
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

test('hours and days are UTC’s, and begin with their first millisecond', () => {
  const midnight = Date.parse('2026-06-02T00:00:00.000Z');
  expect([hourOf(midnight - 1), hourOf(midnight)]).toEqual(['2026-06-01T23', '2026-06-02T00']);
  expect([dayOf(midnight - 1), dayOf(midnight)]).toEqual(['2026-06-01', '2026-06-02']);
});

test('no number is lost, whichever names are kept, and a name that every object has is one like others', () => {
  const names = fc.constantFrom('a', 'b', 'other', 'constructor', '__proto__', 'toString');
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.nat(99))), fc.array(names), (counts, kept) => {
      const given = Object.assign(Object.create(null), Object.fromEntries(counts));
      const left = keepOnly(given, new Set(kept));
      const sum = (all: Readonly<Record<string, number>>) => Object.values(all).reduce((a, b) => a + b, 0);
      expect(sum(left)).toBe(sum(given));
      for (const name of Object.keys(left)) expect([...kept, 'other']).toContain(name);
    }),
  );
  expect(Object.keys(emptyCount())).toHaveLength(14);
  expect('constructor' in emptyCount().routes).toBe(false);
});
