import { expect, test } from '@jest/globals';
import { countersOf, differenceOf } from '../../../core/domain/security/tenant-summary.ts';
import { later, NOW } from '../context.ts';

const DAY = 86_400_000;
const key = (changes: object = {}) =>
  countersOf({ kind: 'key', state: { status: 'active', environment: 'live', ...changes } });
const end = (days: number) => later(days * DAY).toISOString();
const idle = (noticed: boolean) => ({ idle: { since: NOW.toISOString(), checkAt: end(1), noticed } });

test.each([
  ['an active key', {}, ['keys.active.live']],
  ['a disabled one', { status: 'disabled', environment: 'sandbox' }, ['keys.disabled.sandbox']],
  ['a revoked one, whatever else', { status: 'revoked', expiresAt: end(1) }, ['keys.revoked.live']],
  ['one that ends later', { expiresAt: end(15), reminders: { expiryAt: end(1) } }, ['keys.active.live']],
  [
    'one that ends soon',
    { expiresAt: end(14), reminders: { expiryAt: end(7) } },
    ['keys.active.live', 'keys.expiring'],
  ],
  ['one that has ended', { status: 'disabled', expiresAt: end(-1) }, ['keys.expired.live']],
  [
    'one in an overlap that nobody used',
    { reminders: { overlapAt: end(1), ...idle(true) } },
    ['keys.active.live', 'keys.inOverlap', 'keys.unused'],
  ],
  [
    'one in an overlap that ends when it is quiet',
    { reminders: { overlap: { since: NOW.toISOString(), checkAt: end(1) } } },
    ['keys.active.live', 'keys.inOverlap'],
  ],
  ['one that is watched for idleness', { reminders: idle(false) }, ['keys.active.live']],
])('%s counts once for each thing that it is', (_, changes, counters) => {
  expect(key(changes)).toEqual(counters);
});

test('subscriptions and approvals count as long as they wait, alerts as long as they are open', () => {
  const pending = { state: 'pending' } as const;
  expect(countersOf({ kind: 'subscription', state: pending })).toEqual(['subscriptions.pending']);
  expect(countersOf({ kind: 'approval', state: pending })).toEqual(['approvals.pending']);
  expect(countersOf({ kind: 'alert', state: { state: 'open' } })).toEqual(['alerts.open']);
  expect(countersOf({ kind: 'subscription', state: { state: 'active' } })).toEqual([]);
  expect(countersOf({ kind: 'approval', state: { state: 'approved' } })).toEqual([]);
  expect(countersOf({ kind: 'alert', state: { state: 'acknowledged' } })).toEqual([]);
});

test('a change moves what differs, and nothing else', () => {
  expect([...differenceOf(['a', 'b'], ['b', 'c'])]).toEqual([
    ['a', -1],
    ['c', 1],
  ]);
  expect(differenceOf(['a'], ['a']).size).toBe(0);
});
