import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEvent } from '../../../core/contract/events.ts';
import { gapEvent, gapsOf, isSettled, revisionOf } from '../../../core/domain/audit/item-revision.ts';
import { context, later, NOW } from '../context.ts';

const event = (changes: object) =>
  ({
    subject: { type: 'apiKey', id: 'key_1' },
    tenantId: 'tenant_acme',
    data: {},
    revision: 3,
    ...changes,
  }) as AuditEvent;

describe('an event tells of a change', () => {
  test.each([
    ['of its subject', {}, 'key_1'],
    ['of its tenant, where it is about a role', { subject: { type: 'role', id: 'reader' } }, 'tenant_acme'],
    ['of the alert that a finding writes', { data: { alertId: 'alert_1' } }, 'alert_1'],
    [
      'of the alert itself, whatever its data says',
      { subject: { type: 'alert', id: 'alert_1' }, data: { alertId: 'alert_2' } },
      'alert_1',
    ],
    [
      'of an item with as long an id as any',
      { subject: { type: 'apiKey', id: 'x'.repeat(100) } },
      'x'.repeat(100),
    ],
  ])('%s', (_, changes, item) => {
    expect(revisionOf(event(changes))).toEqual({ item, revision: 3 });
  });

  test('of a person’s settings under a name that no other item has, whatever the issuer calls the person', () => {
    const ofPerson = (id: string) => revisionOf(event({ subject: { type: 'person', id } }))?.item;
    const names = ['key_1', 'tenant_acme', 'x'.repeat(500)].map(ofPerson);
    for (const name of names) expect(name).toMatch(/^person_[0-9A-Za-z]{12}$/);
    expect(new Set(names).size).toBe(3);
    expect(ofPerson('key_1')).toBe(names[0]);
  });

  test.each([
    ['without a number', { revision: undefined }],
    ['with the number 0', { revision: 0 }],
    ['with half a number', { revision: 1.5 }],
    ['of no tenant’s role', { subject: { type: 'role', id: 'reader' }, tenantId: null }],
    ['of an id that is empty', { subject: { type: 'apiKey', id: '' } }],
    ['of an id that is too long', { subject: { type: 'apiKey', id: 'x'.repeat(101) } }],
    ['of an alert whose id is no text', { data: { alertId: 7 } }],
  ])('%s: of none', (_, changes) => {
    expect(revisionOf(event(changes))).toBeUndefined();
  });

  test('and the first change is one', () => {
    expect(revisionOf(event({ revision: 1 }))).toEqual({ item: 'key_1', revision: 1 });
  });
});

describe('what the log lacks of an item', () => {
  const item = (revision: number, eventsFrom: number | undefined = 1) => ({
    ...{ item: 'key_1', tenantId: 'tenant_acme', revision, eventsFrom, changedAt: 'end' },
  });
  const recorded = (...revisions: number[]) =>
    revisions.map((revision) => ({ revision, time: `t${revision}` }));
  const lacking = (revision: number, from: number | undefined, ...there: number[]) =>
    gapsOf({ ...item(revision), eventsFrom: from }, recorded(...there)).map((gap) => [
      gap.from,
      gap.to,
      gap.changedBefore,
    ]);

  test('is nothing where every change has its event, also told twice', () => {
    expect(lacking(3, 1, 1, 2, 3)).toEqual([]);
    expect(lacking(3, 1, 1, 2, 2, 3)).toEqual([]);
    expect(lacking(5, 3, 3, 4, 5)).toEqual([]);
  });

  test('is told in rows, each no younger than the event that follows it, the last than the item', () => {
    expect(lacking(6, 1, 2, 5)).toEqual([
      [1, 1, 't2'],
      [3, 4, 't5'],
      [6, 6, 'end'],
    ]);
    expect(lacking(2, 1)).toEqual([[1, 2, 'end']]);
  });

  test('is unknown where no event says its number yet, and events beyond the item say nothing of it', () => {
    expect(lacking(3, undefined)).toEqual([]);
    expect(lacking(2, 1, 1, 2, 3)).toEqual([]);
    expect(lacking(2, 1, 1, 4)).toEqual([[2, 2, 'end']]);
  });

  test('is exactly what is not there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
        (last, some) => {
          const there = some.toSorted((a, b) => a - b);
          const lacked = gapsOf(item(last), recorded(...there)).flatMap(({ from, to }) =>
            Array.from({ length: to - from + 1 }, (_, i) => from + i),
          );
          const all = Array.from({ length: last }, (_, i) => i + 1);
          expect(lacked).toEqual(all.filter((revision) => !there.includes(revision)));
        },
      ),
    );
  });
});

const GAP = { item: 'key_1', tenantId: 'tenant_acme', from: 1, to: 2, changedBefore: NOW.toISOString() };

test('a gap is settled once nothing of it can be on its way, to the millisecond', () => {
  expect([isSettled(GAP, later(999), 1000), isSettled(GAP, later(1000), 1000)]).toEqual([false, true]);
});

test.each([
  ['key_1', 'apiKey'],
  ['sub_1', 'subscription'],
  ['tenant_acme', 'tenant'],
  ['api_1', 'api'],
  ['prod_1', 'product'],
  ['apr_1', 'approval'],
  ['alert_1', 'alert'],
  ['nothing', 'apiKey'],
])('the gap of %s is told of its %s', (item, type) => {
  expect(gapEvent({ ...GAP, item }, 2, context())).toMatchObject({
    type: 'audit.gap',
    tenantId: 'tenant_acme',
    subject: { type, id: item },
    data: { revision: 2, changedBefore: NOW.toISOString() },
  });
});
