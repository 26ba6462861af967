import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccessRecord } from '../../../core/domain/usage/access-record.ts';
import { type HourCount, overlapUseOf } from '../../../core/domain/usage/overlap-use.ts';
import { hourOf, tallyOf } from '../../../core/domain/usage/usage-tally.ts';

const NOW = new Date('2026-11-22T13:20:30.000Z');
const MINUTE = 60_000;
const old = { id: 's1', createdAt: '2026-01-01T00:00:00.000Z', hint: 'EYNC' };
const overlapping = { ...old, expiresAt: '2026-11-23T12:00:00.000Z', untilQuietSeconds: 3600 };
const current = { id: 's2', createdAt: '2026-11-22T12:00:00.000Z', hint: '28kj' };
const both = { secrets: [current, overlapping] };

const used = (secretId: string, minutesAgo: number, change: Partial<AccessRecord> = {}): AccessRecord => ({
  ...{
    id: 'i',
    time: NOW.getTime() - minutesAgo * MINUTE,
    requestId: 'r',
    method: 'GET',
    route: '/v1/orders',
  },
  ...{ status: 200, latencyMilliseconds: undefined, sourceIp: '198.51.100.9', refusedWith: undefined },
  caller: { keyId: 'key_1', tenantId: 't', environment: 'live', keyType: 'secret', secretId },
  ...change,
});
/** What the roll-up makes of requests, by hour. */
const counted = (records: readonly AccessRecord[]): HourCount[] =>
  tallyOf({ id: 'b', accesses: records, refusals: [] }, () => '-').filter(
    ({ subject, period }) => subject.kind === 'credential' && period.includes('T'),
  );
const look = (records: readonly AccessRecord[], bySecret = {}, quietAfterSeconds = 300, key = both) =>
  overlapUseOf(key, {
    lastUse: { at: '', bySecret },
    hours: counted(records),
    now: NOW,
    quietAfterSeconds,
  });

describe('the verdict on an old secret', () => {
  test.each([
    ['in use a minute after its last use', { s1: '2026-11-22T13:19:30.000Z' }, 'in_use', 60],
    ['in use until the very second', { s1: '2026-11-22T13:15:30.001Z' }, 'in_use', 299],
    ['quiet from that second on', { s1: '2026-11-22T13:15:30.000Z' }, 'quiet', 300],
    [
      'quiet although others use the new one',
      { s1: '2026-11-22T12:20:30.000Z', s2: NOW.toISOString() },
      'quiet',
      3600,
    ],
    ['never used, whatever the new one is', { s2: NOW.toISOString() }, 'never_used', null],
    ['in use by a clock that is ahead', { s1: '2026-11-22T13:21:00.000Z' }, 'in_use', 0],
  ])('is that it is %s', (_, bySecret, verdict, quietFor) => {
    expect(look([], bySecret)).toMatchObject({ verdict, quietFor });
  });

  test('goes by a request that was counted where the note of its use failed', () => {
    expect(look([used('s1', 2)])).toMatchObject({
      verdict: 'in_use',
      old: { lastUsedAt: '2026-11-22T13:19:59.999Z' },
    });
  });

  test('is none without an overlap, or after its end', () => {
    const none = { old: null, verdict: null, quietFor: null };
    expect(look([], { s1: NOW.toISOString() }, 300, { secrets: [current] })).toMatchObject(none);
    const ended = { ...old, expiresAt: NOW.toISOString() };
    expect(look([], {}, 300, { secrets: [current, ended] })).toMatchObject(none);
    expect(look([], {}, 300, { secrets: [] })).toEqual({ ...none, new: null });
  });
});

test('who uses which secret for what is told apart, the most frequent first', () => {
  const post = { method: 'POST', sourceIp: '203.0.113.4' };
  const use = look([used('s1', 1), used('s1', 30), used('s1', 2, post), used('s2', 1, post)]);
  expect(use.old).toMatchObject({
    untilQuietSeconds: 3600,
    requests24h: 3,
    networks: ['198.51.100.0/24', '203.0.113.0/24'],
    routes: ['GET /v1/orders', 'POST /v1/orders'],
    uses: [
      { network: '198.51.100.0/24', route: 'GET /v1/orders', requests: 2 },
      { network: '203.0.113.0/24', route: 'POST /v1/orders', requests: 1 },
    ],
  });
  expect(use.new).toMatchObject({ untilQuietSeconds: null, requests24h: 1, routes: ['POST /v1/orders'] });
  expect(use.old?.recent).toHaveLength(12);
  expect(use.old?.recent.slice(-2)).toEqual([
    { from: '2026-11-22T13:15:00.000Z', requests: 2 },
    { from: '2026-11-22T13:20:00.000Z', requests: 0 },
  ]);
});

test('every request of the last day is one of its secret’s, and none is of both', () => {
  const request = fc.record({
    secret: fc.constantFrom('s1', 's2', 's0'),
    ago: fc.integer({ min: 0, max: 1435 }),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
      const use = look(requests.map(({ secret, ago }) => used(secret, ago)));
      const of = (id: string) => requests.filter(({ secret }) => secret === id);
      expect([use.old?.requests24h, use.new?.requests24h]).toEqual([of('s1').length, of('s2').length]);
      const lastHour = (of('s1') as { ago: number }[]).filter(({ ago }) => ago < 60 - 5).length;
      const shown = use.old?.recent.reduce((sum, { requests: n }) => sum + n, 0) ?? 0;
      expect(shown).toBeGreaterThanOrEqual(lastHour);
    }),
    { numRuns: 60 },
  );
  expect(hourOf(NOW.getTime())).toBe('2026-11-22T13');
});

test('what lies a day back counts no more', () => {
  expect(look([used('s1', 24 * 60 + 6)]).old?.requests24h).toBe(0);
});
