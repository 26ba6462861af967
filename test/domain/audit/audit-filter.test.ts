import { expect, test } from '@jest/globals';
import { EVENT_TYPES, SUBJECT_TYPES } from '../../../core/contract/events.ts';
import { auditEvent } from '../../../core/domain/audit/audit-event.ts';
import { includesType, mayRead, passesFilter } from '../../../core/domain/audit/audit-filter.ts';
import { context } from '../context.ts';

const EVENT = auditEvent(context({ actor: { type: 'admin', id: 'person-1', name: 'Ada@example.com' } }), {
  type: 'apiKey.created',
  tenantId: 'tenant_acme',
  subject: { type: 'apiKey', id: 'key_1' },
  data: {},
});

test('an area is every type that begins with its name and a point, and no other', () => {
  const area = EVENT_TYPES.filter((type) => includesType('member.*', type));
  expect(area).toEqual([
    ...[
      'member.invited',
      'member.invitationRevoked',
      'member.joined',
      'member.roleChanged',
      'member.removed',
    ],
  ]);
  for (const none of ['*', '.*', 'api*', 'apiKey', 'apiKey.', 'API.*']) {
    expect(EVENT_TYPES.filter((type) => includesType(none, type))).toEqual([]);
  }
  expect(EVENT_TYPES.filter((type) => includesType('api.*', type))).toEqual(['api.created', 'api.updated']);
});

test.each([
  [{}, true],
  [{ types: [] }, false],
  [{ types: ['tenant.*', 'apiKey.created'] }, true],
  [{ types: ['tenant.*', 'apiKey.revoked'] }, false],
  [{ actor: 'person-1' }, true],
  [{ actor: 'PERSON-1' }, false],
  [{ actor: 'ada@EXAMPLE.com' }, true],
  [{ actor: 'grace@example.com' }, false],
  [{ subject: 'key_1' }, true],
  [{ subject: 'key_2' }, false],
  [{ types: ['apiKey.*'], actor: 'person-1', subject: 'key_2' }, false],
])('%j passes: %p', (filter, passes) => {
  expect(passesFilter(EVENT, filter)).toBe(passes);
});

test('an actor without a name is found by the id alone', () => {
  const system = { ...EVENT, actor: { type: 'system', id: 'keywright' } } as const;
  expect(passesFilter(system, { actor: 'keywright' })).toBe(true);
  expect(passesFilter(system, { actor: 'undefined' })).toBe(false);
});

test('developers read of subscriptions, members and invitations of a tenant; others all; nobody nothing', () => {
  const about = (type: (typeof SUBJECT_TYPES)[number], tenantId: string | null = 'tenant_acme') => ({
    ...{ ...EVENT, tenantId, subject: { type, id: 'x' } },
  });
  const readable = SUBJECT_TYPES.filter((type) => mayRead('developer', about(type)));
  expect(readable).toEqual(['subscription', 'member', 'invitation']);
  for (const type of readable) expect(mayRead('developer', about(type, null))).toBe(false);
  for (const type of SUBJECT_TYPES) {
    expect([mayRead('admin', about(type, null)), mayRead('auditor', about(type))]).toEqual([true, true]);
    expect(mayRead(undefined, about(type))).toBe(false);
  }
});
