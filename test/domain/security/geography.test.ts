import { describe, expect, test } from '@jest/globals';
import { countries } from 'countries-list';
import fc from 'fast-check';
import { alertIdOf } from '../../../core/domain/security/finding.ts';
import { findInGeography } from '../../../core/domain/security/geography.ts';
import {
  type KeyProfile,
  newProfile,
  type Visit,
  withVisits,
} from '../../../core/domain/security/key-profile.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const OWNER = { keyId: 'key_000000000001', tenantId: 'tenant_acme' };
const iso = (time: number) => new Date(time).toISOString();
const visit = (country: string, time: number, changes: Partial<Visit> = {}): Visit => ({
  country,
  first: time,
  last: time,
  requests: 3,
  networks: ['198.51.100.0/24'],
  requestIds: [`request-${country}`],
  ...changes,
});

/** A key of 30 days with 300 requests on each of the last seven, used from there all the time. */
function profileIn(codes: readonly string[], changes: Partial<KeyProfile> = {}): KeyProfile {
  const since = iso(NOW - 30 * DAY);
  return {
    keyId: OWNER.keyId,
    since,
    day: iso(NOW).slice(0, 10),
    days: Array.from({ length: 7 }, (_, i) => ({
      day: iso(NOW - (7 - i) * DAY).slice(0, 10),
      requests: 300,
      clientErrors: 3,
      busiestHour: 40,
    })),
    countries: Object.fromEntries(
      codes.map((code) => [code, { first: since, last: iso(NOW - 20 * MINUTE) }]),
    ),
    revision: 5,
    ...changes,
  };
}
const found = (profile: KeyProfile, visits: readonly Visit[]) => findInGeography(OWNER, profile, visits);

describe('a new country', () => {
  test('of a key with a history is found once, with where it was and what asked', () => {
    const profile = profileIn(['DE']);
    const visits = [visit('FR', NOW)];
    expect(found(profile, visits)).toEqual([
      {
        kind: 'newCountry',
        tenantId: 'tenant_acme',
        subject: { type: 'apiKey', id: OWNER.keyId },
        occurrence: 'FR 2026-11-22',
        evidence: {
          window: { from: iso(NOW), to: iso(NOW) },
          measured: 3,
          threshold: 1,
          usual: null,
          counts: { FR: 3 },
          networks: ['198.51.100.0/24'],
          countries: ['FR'],
          keyIds: [OWNER.keyId],
          requestIds: ['request-FR'],
        },
      },
    ]);
    const later = withVisits(profile, visits);
    for (const days of [0, 1, 30, 80]) expect(found(later, [visit('FR', NOW + days * DAY)])).toEqual([]);
  });

  test('is new again after 90 days without it', () => {
    const gone = { first: iso(NOW - 200 * DAY), last: iso(NOW - 90 * DAY) };
    const profile = profileIn(['DE']);
    const forgotten = { ...profile, countries: { ...profile.countries, FR: gone } };
    expect(found(forgotten, [visit('FR', NOW)])).toHaveLength(1);
    expect(withVisits(forgotten, [visit('FR', NOW)]).countries.FR).toEqual({
      first: iso(NOW),
      last: iso(NOW),
    });
  });

  test('is found of a key of a thousand requests, and of no fewer', () => {
    const [day] = profileIn([]).days;
    const having = (requests: number) =>
      profileIn(['DE'], { days: day === undefined ? [] : [{ ...day, requests }] });
    expect(found(having(1000), [visit('NL', NOW)])).toHaveLength(1);
    expect(found(having(999), [visit('NL', NOW)])).toEqual([]);
  });

  test.each([
    ['of a key younger than a week', profileIn(['DE'], { since: iso(NOW - 6 * DAY) })],
    ['of a key of few requests', profileIn(['DE'], { days: profileIn([]).days.slice(0, 3) })],
    ['of a key that is used from many', profileIn(['DE', 'FR', 'ES', 'IT', 'PL'])],
    ['of a key that was seen nowhere yet', profileIn([])],
  ])('is no finding %s', (_, profile) => {
    expect(found(profile, [visit('NL', NOW)])).toEqual([]);
  });
});

describe('impossible travel', () => {
  test('is two far countries within an hour, one of them unfamiliar', () => {
    const [finding, ...others] = found(profileIn(['DE']), [visit('US', NOW), visit('DE', NOW - 30 * MINUTE)]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'impossibleTravel',
      subject: { id: OWNER.keyId },
      evidence: {
        measured: 20,
        threshold: 60,
        counts: { US: 3, DE: 3 },
        countries: ['US', 'DE'],
        window: { from: iso(NOW - 20 * MINUTE), to: iso(NOW) },
        requestIds: ['request-US', 'request-DE'],
      },
    });
  });

  test('is found in whatever order the batches come', () => {
    const start = profileIn(['DE'], {
      countries: { DE: { first: iso(NOW - 30 * DAY), last: iso(NOW - 180 * MINUTE) } },
    });
    const batches = [[visit('DE', NOW - 10 * MINUTE)], [visit('US', NOW)], [visit('DE', NOW + 20 * MINUTE)]];
    fc.assert(
      fc.property(fc.shuffledSubarray(batches, { minLength: 3 }), (order) => {
        let profile = start;
        const alerts = new Set<string>();
        for (const visits of order) {
          for (const finding of found(profile, visits)) alerts.add(alertIdOf(finding));
          profile = withVisits(profile, visits);
        }
        expect(alerts.size).toBe(1);
      }),
    );
  });

  test('after a new country was found there is no second finding for it', () => {
    const profile = profileIn(['DE'], {
      countries: { DE: { first: iso(NOW - 30 * DAY), last: iso(NOW - 5 * 60 * MINUTE) } },
    });
    const [arrived] = found(profile, [visit('US', NOW)]);
    const [travelled] = found(withVisits(profile, [visit('US', NOW)]), [visit('DE', NOW + 5 * MINUTE)]);
    expect([arrived?.kind, travelled?.kind]).toEqual(['newCountry', 'impossibleTravel']);
    expect(alertIdOf(arrived as never)).toBe(alertIdOf(travelled as never));
  });

  test.each([
    ['more than an hour apart', ['DE'], ['US'], 41],
    ['near to where the key is at home', ['DE', 'US'], ['CA'], 0],
    ['over the edge of a continent', ['ES'], ['MA'], 0],
    ['between neighbours', ['DE'], ['FR'], 0],
    ['between homes of the key', ['DE', 'US', 'JP'], ['DE', 'US', 'JP'], 0],
    ['to nowhere that is known', ['DE'], ['-', 'XX'], 0],
  ])('is not %s', (_, home, away, minutes) => {
    const visits = away.map((country) => visit(country, NOW + minutes * MINUTE));
    expect(found(profileIn(home), visits).filter(({ kind }) => kind === 'impossibleTravel')).toEqual([]);
  });

  test('is not what a key does on its first day, nor what it has done since', () => {
    const created = newProfile(OWNER.keyId, NOW);
    const firstDay = [visit('DE', NOW), visit('US', NOW + MINUTE), visit('JP', NOW + 2 * MINUTE)];
    expect(found(created, firstDay)).toEqual([]);
    const later = withVisits(created, firstDay);
    const again = [visit('JP', NOW + 40 * DAY), visit('DE', NOW + 40 * DAY), visit('US', NOW + 40 * DAY)];
    expect(found(later, again)).toEqual([]);
  });
});

test('a key that stays in its countries is never found, wherever they are and whatever the times', () => {
  const codes = Object.keys(countries);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...codes), { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 * DAY })), { minLength: 1, maxLength: 30 }),
      (home, moves) => {
        let profile = profileIn(home);
        for (const [which, after] of moves) {
          const visits = [visit(home[which % home.length] ?? '', NOW + after)];
          expect(found(profile, visits)).toEqual([]);
          profile = withVisits(profile, visits);
        }
      },
    ),
  );
});

test('who moves within a continent never travels impossibly', () => {
  const of = (continent: string) =>
    Object.entries(countries).flatMap(([code, each]) => (each.continent === continent ? [code] : []));
  const continents = ['AF', 'AS', 'EU', 'NA', 'OC', 'SA'].map(of);
  fc.assert(
    fc.property(
      fc
        .constantFrom(...continents)
        .chain((codes) => fc.array(fc.constantFrom(...codes), { minLength: 2, maxLength: 6 })),
      ([home = '', ...away]) => {
        const visits = away.map((country, i) => visit(country, NOW + i * MINUTE));
        const travels = found(profileIn([home]), visits).filter(({ kind }) => kind === 'impossibleTravel');
        expect(travels).toEqual([]);
      },
    ),
  );
});
