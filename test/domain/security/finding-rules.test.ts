import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alertIdOf, type Finding } from '../../../core/domain/security/finding.ts';
import {
  findInKeyHour,
  findInNamedKeyHour,
  findInNetworkHour,
  type KeyHour,
  type RefusalHour,
  THRESHOLDS,
  type Usual,
} from '../../../core/domain/security/finding-rules.ts';

const keyHour = (statuses: Record<string, number>, changes: Partial<KeyHour> = {}): KeyHour => ({
  caller: { keyId: 'key_000000000001', tenantId: 'tenant_acme', keyType: 'secret' },
  hour: '2026-11-22T10',
  requests: Object.values(statuses).reduce((total, count) => total + count, 0),
  statuses,
  networks: { '198.51.100.0/24': 1, '203.0.113.0/24': 2 },
  countries: { DE: 3 },
  traces: [
    { requestId: 'fine', network: '198.51.100.0/24', status: 200 },
    { requestId: 'missing', network: '198.51.100.0/24', status: 404 },
    { requestId: 'limited', network: '203.0.113.0/24', status: 429 },
  ],
  ...changes,
});
const refusals = (causes: Record<string, number>): RefusalHour => ({
  hour: '2026-11-22T10',
  causes,
  networks: { '198.51.100.0/24': 1 },
  keyIds: { key_000000000001: 1 },
  requestIds: ['request-1', 'request-1', 'request-2'],
});
const usual = (busiestHour: number, clientErrorShare = 0.02): Usual => ({ busiestHour, clientErrorShare });
const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);
const WINDOW = { from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T11:00:00.000Z' };

describe('a credential’s hour', () => {
  test('whose requests mostly fail is found, with the networks, the statuses and such requests', () => {
    const [finding, ...others] = findInKeyHour(keyHour({ 200: 40, 403: 60, 404: 60, 429: 5 }), usual(200));
    expect(others).toEqual([]);
    expect(finding).toEqual({
      kind: 'clientErrors',
      tenantId: 'tenant_acme',
      subject: { type: 'apiKey', id: 'key_000000000001' },
      occurrence: '2026-11-22T10',
      evidence: {
        window: WINDOW,
        measured: 120,
        threshold: 100,
        usual: 0.02,
        counts: { 403: 60, 404: 60 },
        networks: ['203.0.113.0/24', '198.51.100.0/24'],
        countries: ['DE'],
        keyIds: ['key_000000000001'],
        requestIds: ['missing'],
      },
    });
  });

  test('that asks for more than it may is found', () => {
    const [finding, ...others] = findInKeyHour(keyHour({ 200: 500, 429: 100 }), usual(600));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'rateLimitExceeded',
      evidence: { measured: 100, requestIds: ['limited'] },
    });
    expect(findInKeyHour(keyHour({ 200: 2000, 429: 100 }), usual(600))).toEqual([]);
  });

  test('of five times its busiest one is found', () => {
    const [finding, ...others] = findInKeyHour(keyHour({ 200: 1000 }), usual(200));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'requestSpike',
      evidence: { measured: 1000, threshold: 1000, usual: 200, requestIds: ['fine', 'missing', 'limited'] },
    });
    expect(findInKeyHour(keyHour({ 200: 999 }), usual(200))).toEqual([]);
  });

  test('of a subscription is about the subscription', () => {
    const caller = { keyId: 'sub_000000000001', tenantId: 'tenant_acme', keyType: 'subscription' } as const;
    const [finding] = findInKeyHour(keyHour({ 404: 200 }, { caller }), undefined);
    expect(finding?.subject).toEqual({ type: 'subscription', id: 'sub_000000000001' });
  });

  test('is no spike while there is too little history to say', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (requests) => {
        expect(kinds(findInKeyHour(keyHour({ 200: requests }), undefined))).toEqual([]);
      }),
    );
  });

  test('within what the key usually does is never found', () => {
    const within = fc
      .record({
        requests: fc.integer({ min: 1, max: 100_000 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .chain(({ requests, share }) =>
        fc.record({
          busiest: fc.constant(requests),
          share: fc.constant(share),
          now: fc.integer({ min: 1, max: requests }),
          part: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      );
    fc.assert(
      fc.property(within, ({ busiest, share, now, part }) => {
        const errors = Math.floor(now * share * part);
        const hour = keyHour({ 200: now - errors, 404: errors });
        expect(findInKeyHour(hour, usual(busiest, share))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('of few requests is never found, whatever their statuses', () => {
    const few = THRESHOLDS.clientErrors.count - 1;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('200', '401', '403', '404', '422', '429', '500'), fc.nat(14)),
        fc.option(fc.record({ busiestHour: fc.nat(50), clientErrorShare: fc.constantFrom(0, 0.5) }), {
          nil: undefined,
        }),
        (statuses, known) => {
          const hour = keyHour(statuses);
          fc.pre(hour.requests <= few);
          expect(findInKeyHour(hour, known)).toEqual([]);
        },
      ),
    );
  });
});

describe('failed authentications', () => {
  test('of one network that tries keys are found, and belong to no tenant', () => {
    const causes = { unknown_key: 60, malformed_key: 30, wrong_secret: 10, no_key: 5000, key_expired: 900 };
    expect(findInNetworkHour('198.51.100.0/24', refusals(causes))).toEqual({
      kind: 'networkAuthFailures',
      tenantId: null,
      subject: { type: 'network', id: '198.51.100.0/24' },
      occurrence: '2026-11-22T10',
      evidence: {
        window: WINDOW,
        measured: 100,
        threshold: 100,
        usual: null,
        counts: { unknown_key: 60, malformed_key: 30, wrong_secret: 10 },
        networks: ['198.51.100.0/24'],
        countries: [],
        keyIds: ['key_000000000001'],
        requestIds: ['request-1', 'request-2'],
      },
    });
  });

  test('of a network are not found below the threshold, nor without a key', () => {
    expect(findInNetworkHour('n', refusals({ unknown_key: 99, no_key: 100_000 }))).toBeUndefined();
  });

  const owner = { keyId: 'key_000000000001', tenantId: 'tenant_acme' };
  test('that name one key with a wrong secret are found at twenty', () => {
    expect(findInNamedKeyHour(owner, refusals({ wrong_secret: 19 }))).toBeUndefined();
    expect(findInNamedKeyHour(owner, refusals({ wrong_secret: 20, key_expired: 3 }))).toMatchObject({
      kind: 'keyAuthFailures',
      tenantId: 'tenant_acme',
      subject: { type: 'apiKey', id: 'key_000000000001' },
      evidence: { measured: 20, threshold: 20, counts: { wrong_secret: 20, key_expired: 3 } },
    });
  });

  test('with a key that has ended are found at a hundred', () => {
    expect(findInNamedKeyHour(owner, refusals({ key_revoked: 50, key_expired: 49 }))).toBeUndefined();
    expect(findInNamedKeyHour(owner, refusals({ key_revoked: 50, key_expired: 50 }))).toMatchObject({
      evidence: { measured: 100, threshold: 100 },
    });
  });
});

test('what is found in an hour is one alert for a subject; another hour, kind or subject is another', () => {
  const found = (
    hour: string,
    keyId = 'key_000000000001',
    statuses: Record<string, number> = { 404: 500 },
  ) => {
    const caller = { keyId, tenantId: 'tenant_acme', keyType: 'secret' } as const;
    const [finding] = findInKeyHour(keyHour(statuses, { hour, caller }), undefined);
    if (finding === undefined) throw new Error('nothing found');
    return alertIdOf(finding);
  };
  const first = found('2026-11-22T10');
  expect(first).toMatch(/^alert_[0-9A-Za-z]{12}$/);
  expect(found('2026-11-22T23')).not.toBe(first);
  expect(found('2026-11-22T10', undefined, { 404: 9000 })).toBe(first);
  expect(found('2026-11-23T00')).not.toBe(first);
  expect(found('2026-11-22T10', 'key_000000000002')).not.toBe(first);
  expect(found('2026-11-22T10', undefined, { 429: 500 })).not.toBe(first);
});

test('evidence names the busiest first, and as many requests in the order of their names', () => {
  const [finding] = findInKeyHour(
    keyHour({ 404: 500 }, { networks: { b: 1, a: 1, most: 9, c: 1 }, countries: {}, traces: [] }),
    undefined,
  );
  expect(finding?.evidence.networks).toEqual(['most', 'a', 'b', 'c']);
});

test('evidence is bounded, however many networks, requests and keys there were', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`name-${i}`, i]));
  const requestIds = Object.keys(many);
  const traces = requestIds.map((requestId) => ({ requestId, network: requestId, status: 404 }));
  const [finding] = findInKeyHour(
    keyHour({ 404: 500 }, { networks: many, countries: many, traces }),
    undefined,
  );
  const network = findInNetworkHour('n', {
    ...refusals({ unknown_key: 500 }),
    networks: many,
    keyIds: many,
    requestIds,
  });
  for (const evidence of [finding?.evidence, network?.evidence]) {
    expect(evidence?.networks).toEqual(expect.arrayContaining(['name-499', 'name-490']));
    expect([evidence?.networks, evidence?.requestIds].map((names) => names?.length)).toEqual([10, 10]);
    expect(evidence?.keyIds.length).toBeLessThanOrEqual(10);
    expect(evidence?.countries.length).toBeLessThanOrEqual(10);
  }
});
