import { describe, expect, test } from '@jest/globals';
import {
  beginsDay,
  closeDay,
  type KeyProfile,
  newProfile,
  recentUse,
  requestsOf,
  usualBefore,
  type Visit,
  withVisits,
} from '../../../core/domain/security/key-profile.ts';

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
    const at = (time: number) => recentUse(seen, 'DE', time);
    expect([at(last + 90 * DAY - 1), at(last + 90 * DAY)]).toEqual([seen.countries.DE, undefined]);
    expect(recentUse(seen, 'FR', START)).toBeUndefined();
    const kept = (time: number) => Object.keys(withVisits(seen, [visit(time, time, 'FR')]).countries);
    expect([kept(last + 90 * DAY - 1), kept(last + 90 * DAY)]).toEqual([['DE', 'FR'], ['FR']]);
  });
});

test('requests of days are added up, and of no days there are none', () => {
  const day = (requests: number) => ({ day: '2026-06-01', requests, clientErrors: 0, busiestHour: 0 });
  expect([requestsOf([day(3), day(4)]), requestsOf([])]).toEqual([7, 0]);
});

test('an earlier first request is remembered also where the country was seen since', () => {
  const seen = withVisits(newProfile('key_1', START), [
    { country: 'DE', first: START, last: START + HOUR, requests: 1, networks: [], requestIds: [] },
  ]);
  expect(withVisits(seen, [])).toBe(seen);
  const inside = {
    country: 'DE',
    first: START + MINUTE,
    last: START + HOUR,
    requests: 1,
    networks: [],
    requestIds: [],
  };
  expect(withVisits(seen, [inside])).toBe(seen);
});
