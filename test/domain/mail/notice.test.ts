import { expect, test } from '@jest/globals';
import type { EventType } from '../../../core/contract/events.ts';
import { EVENT_TYPES } from '../../../core/contract/events.ts';
import { MAILED_EVENTS } from '../../../core/contract/mail.ts';
import { noticeOf } from '../../../core/domain/mail/notice.ts';
import { mailedEvent } from '../../support/mail.ts';

const ANSWERED: readonly EventType[] = ['member.invited', 'signUp.approved', 'signUp.rejected'];

const of = (type: EventType, data: object = {}) =>
  noticeOf({ ...mailedEvent(type), data: { ...mailedEvent(type).data, ...data } }, { createdBy: 'maker' });

test('who decides is told of what waits, who asked of what was decided, both at once', () => {
  expect(of('approval.requested')).toMatchObject({
    kind: 'approvals',
    when: 'atOnce',
    admins: true,
    people: [],
  });
  expect(of('approval.rejected')).toMatchObject({ kind: 'decisions', admins: false, people: ['person-7'] });
  expect(of('subscription.approved')).toMatchObject({ kind: 'decisions', when: 'atOnce', people: ['maker'] });
});

test('a subscription waits for nobody where its product asks for no approval, or it was imported', () => {
  expect(of('subscription.requested')).toMatchObject({ kind: 'approvals' });
  expect(of('subscription.requested', { state: 'active' })).toBeUndefined();
  expect(of('subscription.requested', { imported: true })).toBeUndefined();
});

test('an end is in the digest until the last day, a new network always, a leak never', () => {
  expect([14, 7, 1].map((daysLeft) => of('apiKey.expiring', { daysLeft })?.when)).toEqual([
    'daily',
    'daily',
    'atOnce',
  ]);
  expect(of('apiKey.usedFromNewIp')?.when).toBe('daily');
  expect(of('apiKey.leaked')).toMatchObject({ when: 'atOnce', admins: true, people: ['maker'] });
});

test('whoever did it is not told, and of all other events nobody is', () => {
  expect(of('subscription.approved')?.except).toBe(mailedEvent('subscription.approved').actor.id);
  for (const type of EVENT_TYPES) {
    const isTold = (MAILED_EVENTS as readonly EventType[]).includes(type) && !ANSWERED.includes(type);
    expect([type, of(type) !== undefined]).toEqual([type, isTold]);
  }
});
