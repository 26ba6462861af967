import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEvent } from '../../../core/contract/events.ts';
import type { ChangeContext } from '../../../core/domain/audit/audit-event.ts';
import type { ApiKey } from '../../../core/domain/keys/api-key.ts';
import {
  createKey,
  disableKey,
  enableKey,
  type NewApiKey,
  revokeKey,
  rotateKey,
  updateKey,
} from '../../../core/domain/keys/api-key-lifecycle.ts';
import { dueAt, needsLastUse, noticeOf } from '../../../core/domain/keys/key-reminders.ts';
import { createTenant } from '../../../core/domain/tenants/tenant.ts';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const DAY = 86_400_000;
const iso = (days: number) => new Date(START + days * DAY).toISOString();

function at(days: number): ChangeContext {
  return {
    now: new Date(START + days * DAY),
    actor: { type: 'system', id: 'keywright' },
    requestId: 'request-1',
    eventId: `event-${days}`,
  };
}

const TENANT = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, at(0)).state;
const INPUT: NewApiKey = {
  keyId: 'key_0123456789AB',
  name: 'Billing',
  type: 'secret',
  environment: 'live',
  role: 'writer',
};

/** A key from day 0 on, the sweeps that look at it, and the events that they made. */
class Watched {
  key: ApiKey;
  lastUsedAt: string | undefined;
  readonly events: AuditEvent[] = [];

  constructor(expiresOn?: number) {
    const secret = { id: 'first', hint: '0000', digest: { pepper: 'v1', hmac: 'digest' } };
    const input = { ...INPUT, ...(expiresOn !== undefined && { expiresAt: iso(expiresOn) }) };
    this.key = createKey(TENANT, input, secret, at(0)).state;
  }

  sweep(day: number): this {
    for (;;) {
      const lastUsedAt = needsLastUse(this.key, at(day).now) ? this.lastUsedAt : undefined;
      const notice = noticeOf(this.key, lastUsedAt, at(day));
      if (notice === undefined) return this;
      if ('remind' in notice) {
        expect(notice.remind.revision).toBe(this.key.revision);
        this.key = notice.remind;
        return this;
      }
      this.events.push(notice.change.event);
      this.key = notice.change.state;
    }
  }

  /** Sweeps every day from one to another, both included. */
  sweepDaily(from: number, to: number): this {
    for (let day = from; day <= to; day++) this.sweep(day);
    return this;
  }

  update(day: number, expiresOn: number | null): this {
    const expiresAt = expiresOn === null ? null : iso(expiresOn);
    this.key = updateKey(this.key, TENANT, { expiresAt }, at(day))?.state ?? this.key;
    return this;
  }

  use(day: number): this {
    this.lastUsedAt = iso(day);
    return this;
  }

  /** Types, and the day of each. */
  get told(): [string, number][] {
    return this.events.map(({ type, time }) => [type, (Date.parse(time) - START) / DAY]);
  }
}

describe('the end of a key', () => {
  test('is told 14, 7 and 1 days ahead and when it comes, once each', () => {
    const key = new Watched(30).sweepDaily(0, 40);
    expect(key.told).toEqual([
      ['apiKey.expiring', 16],
      ['apiKey.expiring', 23],
      ['apiKey.expiring', 29],
      ['apiKey.expired', 30],
    ]);
    expect(key.events.map(({ data }) => data.daysLeft)).toEqual([14, 7, 1, undefined]);
    expect(dueAt(key.key)).toBeUndefined();
  });

  test('is told as it is then when a sweep comes late: one event for several marks, with the days left', () => {
    const late = new Watched(30).sweep(24.5);
    expect(late.told).toEqual([['apiKey.expiring', 24.5]]);
    expect(late.events[0]?.data).toEqual({ name: 'Billing', expiresAt: iso(30), daysLeft: 6 });
    expect(late.sweepDaily(25, 31).told.slice(1)).toEqual([
      ['apiKey.expiring', 29],
      ['apiKey.expired', 30],
    ]);
    expect(new Watched(30).sweep(45).told).toEqual([['apiKey.expired', 45]]);
  });

  test('that is put off or brought forward is told anew, at the marks that still lie ahead', () => {
    const key = new Watched(30).sweepDaily(0, 24).update(24, 60).sweepDaily(24, 53).update(53, 57);
    key.sweepDaily(53, 60);
    expect(key.told).toEqual([
      ['apiKey.expiring', 16],
      ['apiKey.expiring', 23],
      ['apiKey.expiring', 46],
      ['apiKey.expiring', 53],
      ['apiKey.expiring', 56],
      ['apiKey.expired', 57],
    ]);
  });

  test('that was taken back is not told', () => {
    expect(new Watched(30).sweep(16).update(16.5, null).sweepDaily(17, 89).told).toHaveLength(1);
  });

  test('stays due when something else of the key is changed before a sweep comes to it', () => {
    const key = new Watched(30);
    key.key = updateKey(key.key, TENANT, { name: 'Other' }, at(16.1))?.state ?? key.key;
    expect(key.sweep(16.2).told).toEqual([['apiKey.expiring', 16.2]]);
  });

  test('comes to a disabled key as well, and not to a revoked one', () => {
    const disabled = new Watched(30);
    disabled.key = disableKey(disabled.key, undefined, at(1)).state;
    expect(disabled.sweepDaily(1, 31).told).toHaveLength(4);
    const revoked = new Watched(30);
    revoked.key = revokeKey(revoked.key, undefined, at(1)).state;
    expect(dueAt(revoked.key)).toBeUndefined();
    expect(revoked.sweepDaily(1, 200).told).toEqual([]);
  });
});

describe('a key that nobody uses', () => {
  test('is told once, 90 days after it was made, and not again', () => {
    const key = new Watched().sweepDaily(0, 400);
    expect(key.told).toEqual([['apiKey.unused', 90]]);
    expect(key.events[0]?.data).toEqual({ name: 'Billing', unusedSince: iso(0), lastUsedAt: null });
  });

  test('is told 90 days after its last use, and again once for each time that it lay idle', () => {
    const key = new Watched().use(50).sweepDaily(0, 200).use(200).sweepDaily(200, 500);
    expect(key.told).toEqual([
      ['apiKey.unused', 140],
      ['apiKey.unused', 290],
    ]);
    expect(key.events[1]?.data).toMatchObject({ unusedSince: iso(200), lastUsedAt: iso(200) });
  });

  test('is not told of a use that becomes known late', () => {
    const key = new Watched().sweepDaily(0, 90).use(89.9).sweepDaily(91, 300);
    expect(key.told).toEqual([['apiKey.unused', 90]]);
  });

  test('is not told while it is disabled; enabled again it has 90 days', () => {
    const key = new Watched();
    key.key = disableKey(key.key, undefined, at(80)).state;
    expect(dueAt(key.key)).toBeUndefined();
    key.sweepDaily(80, 200);
    key.key = enableKey(key.key, TENANT, at(200)).state;
    expect(key.sweepDaily(200, 300).told).toEqual([['apiKey.unused', 290]]);
  });
});

test('an end and idleness that are due at once are two changes, each with its event', () => {
  const key = new Watched(97).sweep(90);
  expect(key.told).toEqual([
    ['apiKey.expiring', 90],
    ['apiKey.unused', 90],
  ]);
  expect(key.key.revision).toBe(3);
});

test('an overlap that has ended is looked at no more, whatever is changed after it', () => {
  const secret = { id: 'second', hint: '1111', digest: { pepper: 'v1', hmac: 'other' } };
  const watched = new Watched();
  watched.key = rotateKey(watched.key, TENANT, { overlapSeconds: 86_400, secret }, at(1)).state;
  expect(dueAt(watched.key)).toBe(iso(2));
  const renamed = updateKey(watched.key, TENANT, { name: 'Other' }, at(3))?.state ?? watched.key;
  expect(renamed.secrets).toHaveLength(2);
  expect((dueAt(renamed) ?? '9') > iso(3)).toBe(true);
});

const step = fc.record({
  days: fc.double({ min: 0.01, max: 40, noNaN: true }),
  what: fc.constantFrom(
    'sweep',
    'sweep',
    'sweep',
    'use',
    'expiry',
    'no expiry',
    'disable',
    'enable',
    'rename',
  ),
  ahead: fc.double({ min: 0.5, max: 60, noNaN: true }),
});

test('whatever is done to a key and however rarely it is swept, what is told is true and told once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const key = new Watched();
      let day = 0;
      const active = { since: 0 };
      for (const { days, what, ahead } of steps) {
        day += days;
        const told = key.events.length;
        const before = key.key;
        if (before.expiresAt !== undefined && before.expiresAt <= iso(day) && what !== 'sweep') continue;
        if (what === 'sweep') key.sweep(day);
        if (what === 'use') key.use(day);
        if (what === 'expiry') key.update(day, day + ahead);
        if (what === 'no expiry') key.update(day, null);
        if (what === 'rename') {
          key.key = updateKey(before, TENANT, { name: `Name ${day}` }, at(day))?.state ?? before;
        }
        if (what === 'disable' && before.status === 'active')
          key.key = disableKey(before, undefined, at(day)).state;
        if (what === 'enable' && before.status === 'disabled') {
          key.key = enableKey(before, TENANT, at(day)).state;
          active.since = day;
        }
        for (const { type, data } of key.events.slice(told)) {
          const left = Date.parse(before.expiresAt ?? '') - (START + day * DAY);
          if (type === 'apiKey.expired') expect(left).toBeLessThanOrEqual(0);
          if (type === 'apiKey.expiring') {
            expect(left).toBeGreaterThan(0);
            expect(left).toBeLessThanOrEqual(14 * DAY);
            expect(data.daysLeft).toBe(Math.ceil(left / DAY));
          }
          if (type === 'apiKey.unused') {
            const since = Math.max(active.since * DAY, Date.parse(key.lastUsedAt ?? iso(0)) - START);
            expect(day * DAY - since).toBeGreaterThanOrEqual(90 * DAY - 1);
            expect(before.status).toBe('active');
          }
        }
        // Nothing that is over is left to be swept, and a second sweep at the same moment finds nothing.
        if (what === 'sweep') {
          expect((dueAt(key.key) ?? '9') > iso(day)).toBe(true);
          const count = key.events.length;
          expect(key.sweep(day).events).toHaveLength(count);
        }
      }
      const ends = key.events.filter(({ type }) => type === 'apiKey.expired');
      expect(ends.length).toBeLessThanOrEqual(1);
      const marks = key.events
        .filter(({ type }) => type === 'apiKey.expiring')
        .map(({ data }) => `${data.expiresAt} ${[1, 7, 14].find((days) => Number(data.daysLeft) <= days)}`);
      expect(new Set(marks).size).toBe(marks.length);
      const idle = key.events.filter(({ type }) => type === 'apiKey.unused');
      expect(new Set(idle.map(({ data }) => data.unusedSince)).size).toBe(idle.length);
    }),
  );
});
