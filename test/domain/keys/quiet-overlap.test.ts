import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiKey } from '../../../core/domain/keys/api-key.ts';
import { needsSilence } from '../../../core/domain/keys/key-reminders.ts';
import {
  LATE_MILLISECONDS,
  overlapNotice,
  quietSecretOf,
  type Silence,
} from '../../../core/domain/keys/quiet-overlap.ts';
import { context as contextAt } from '../context.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-22T12:00:00.000Z');
const QUIET_SECONDS = 3600;
const at = (minutes: number) => new Date(START + minutes * MINUTE);
const iso = (minutes: number) => at(minutes).toISOString();
const context = (minutes: number) => contextAt({ now: at(minutes) });

const key = {
  keyId: 'key_1',
  tenantId: 't',
  name: 'Billing',
  status: 'active',
  secrets: [
    { id: 'new', createdAt: iso(0), hint: 'newh' },
    { id: 'old', createdAt: iso(-999), hint: 'oldh', expiresAt: iso(1440), untilQuietSeconds: QUIET_SECONDS },
  ],
  digests: {},
  reminders: { overlap: { since: iso(0), checkAt: iso(5) }, expiryAt: iso(9999) },
  revision: 2,
} as unknown as ApiKey;

const silence = (change: Partial<Silence> & { old?: number; new?: number }): Silence => ({
  lastUse: {
    at: '',
    bySecret: {
      ...(change.old !== undefined && { old: iso(change.old) }),
      ...(change.new !== undefined && { new: iso(change.new) }),
    },
  },
  heardUntil: iso(9999),
  hasLostLines: false,
  isAdmitted: true,
  lastUsers: { networks: ['198.51.100.0/24'], routes: ['GET /v1/orders'] },
  ...change,
});
const look = (minutes: number, known: Silence, of = key) => overlapNotice(of, known, context(minutes));
const eventOf = (notice: ReturnType<typeof look>) => ('change' in notice ? notice.change.event : undefined);

describe('an overlap that ends when it is quiet', () => {
  test('ends with an event that says who used the old secret last', () => {
    const notice = look(100, silence({ old: 20, new: 99 }));
    expect(eventOf(notice)).toMatchObject({
      type: 'apiKey.overlapEnded',
      data: {
        by: 'quiet',
        endedHint: 'oldh',
        untilQuietSeconds: QUIET_SECONDS,
        lastUsedAt: iso(20),
        lastUsedFrom: ['198.51.100.0/24'],
        lastUsedFor: ['GET /v1/orders'],
      },
    });
    const state = 'change' in notice ? notice.change.state : undefined;
    expect(state?.secrets.map(({ id }) => id)).toEqual(['new']);
    expect(state).toMatchObject({ revision: 3, reminders: { expiryAt: iso(9999) } });
    expect(state?.reminders).not.toHaveProperty('overlap');
  });

  const LATE = LATE_MILLISECONDS / MINUTE;
  test.each([
    ['its lines are counted so far that it is known', 60 + LATE, silence({ new: 70 }), true],
    ['not while a minute of it is not known yet', 59 + LATE, silence({ new: 70 }), false],
    ['not where the old secret was used meanwhile', 100, silence({ old: 26, new: 99 }), false],
    ['not where its log is behind', 200, silence({ new: 99, heardUntil: iso(60) }), false],
    [
      'not where nothing of its log was ever counted',
      200,
      silence({ new: 99, heardUntil: undefined }),
      false,
    ],
    ['not while lines wait to be counted', 200, silence({ new: 99, hasLostLines: true }), false],
    ['not where nobody uses the new secret', 200, silence({ old: 1 }), false],
    ['not where the new one was used before the old one alone', 200, silence({ old: 20, new: 19 }), false],
    ['not while its tenant is suspended', 200, silence({ new: 99, isAdmitted: false }), false],
  ])('once %s', (_, minutes, known, ends) => {
    expect(eventOf(look(minutes, known)) !== undefined).toBe(ends);
  });

  test('counts no silence while nobody could call', () => {
    const suspended = look(200, silence({ new: 99, isAdmitted: false }));
    expect(suspended).toMatchObject({ remind: { reminders: { overlap: { since: iso(200) } } } });
    const disabled = look(200, silence({ new: 99 }), { ...key, status: 'disabled' });
    expect(disabled).toMatchObject({ remind: { reminders: { overlap: { since: iso(200) } } } });
  });

  test('is over with its time, and tells who used it last', () => {
    const data = { by: 'limit', lastUsedAt: iso(1439) };
    expect(eventOf(look(1440, silence({ old: 1439, heardUntil: undefined })))).toMatchObject({ data });
    expect(eventOf(look(1439.9, silence({ old: 1439 })))).toBeUndefined();
  });

  test('that was ended by hand, or replaced, is not looked at again', () => {
    const ended = { ...key, secrets: key.secrets.slice(0, 1) };
    expect(look(200, silence({ new: 99 }), ended)).toEqual({
      remind: { ...ended, reminders: { expiryAt: iso(9999) } },
    });
  });
});

/** Requests, and the lines that tell of them: each counted some minutes later, and none while an outage lasts. */
const world = fc.record({
  old: fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 6 }),
  newer: fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 12 }),
  delays: fc.array(fc.integer({ min: 0, max: LATE_MILLISECONDS / MINUTE }), { minLength: 1, maxLength: 5 }),
  outage: fc.record({ from: fc.integer({ min: 0, max: 900 }), minutes: fc.integer({ min: 0, max: 300 }) }),
  others: fc.integer({ min: 1, max: 30 }),
});

test('whatever comes when, the old secret never ends by silence that was none, and always with its time', () => {
  fc.assert(
    fc.property(world, ({ old, newer, delays, outage, others }) => {
      const delayOf = (i: number) => delays[i % delays.length] ?? 0;
      const isOut = (minute: number) => minute >= outage.from && minute < outage.from + outage.minutes;
      /** When a line of a request is counted: after its delay, and after an outage. */
      const countedAt = (minute: number, i: number) => {
        const due = minute + delayOf(i);
        return isOut(due) ? outage.from + outage.minutes : due;
      };
      const newest = (uses: readonly number[], now: number) => {
        const known = uses.filter((minute, i) => minute <= now && countedAt(minute, i) <= now);
        return known.length === 0 ? undefined : Math.max(...known);
      };
      let state = key;
      let end: { at: number; by: unknown; heard: number } | undefined;
      for (let now = 5; now <= 1500 && end === undefined; now += 5) {
        if (!needsSilence(state, at(now))) continue;
        // Others call the same API all the time, so that its log is heard of: whole only behind what is late.
        const heard = isOut(now) ? outage.from : now - (now % others);
        const lastOld = newest(old, now);
        const lastNew = newest(newer, now);
        const known = silence({
          ...(lastOld !== undefined && { old: lastOld }),
          ...(lastNew !== undefined && { new: lastNew }),
          heardUntil: iso(heard),
        });
        const notice = overlapNotice(state, known, context(now));
        if ('change' in notice) end = { at: now, by: notice.change.event.data.by, heard };
        else state = notice.remind;
      }
      expect(end).toBeDefined();
      if (end?.by === 'quiet') {
        const knownUntil = end.heard - LATE_MILLISECONDS / MINUTE;
        const window = old.filter((minute) => minute > knownUntil - 60 && minute <= knownUntil);
        expect(window).toEqual([]);
        expect(newer.some((minute) => minute <= (end?.at ?? 0))).toBe(true);
      } else {
        expect(end?.at).toBeGreaterThanOrEqual(1440);
        expect(end?.at).toBeLessThanOrEqual(1440 + 60);
      }
    }),
    { numRuns: 150 },
  );
});

test('silence that everybody could see ends it within the hour', () => {
  let state = key;
  for (let now = 5; ; now += 5) {
    expect(now).toBeLessThan(60 + 30 + 60);
    if (!needsSilence(state, at(now))) continue;
    const notice = overlapNotice(state, silence({ new: now - 1, heardUntil: iso(now) }), context(now));
    if ('change' in notice) break;
    state = notice.remind;
  }
  expect(quietSecretOf({ secrets: [] })).toBeUndefined();
});
