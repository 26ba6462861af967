import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditEvent, changedFields } from '../../../core/domain/audit/audit-event.ts';
import { context, NOW } from '../context.ts';

test('an event says when, by whom, in which request, what happened and to what', () => {
  const what = {
    type: 'tenant.created',
    tenantId: 'tenant_acme',
    subject: { type: 'tenant', id: 'tenant_acme' },
    data: { name: 'Acme' },
  } as const;
  expect(auditEvent(context(), what)).toEqual({
    id: 'event-1',
    version: 1,
    time: NOW.toISOString(),
    actor: context().actor,
    requestId: 'request-1',
    ...what,
  });
});

test('of what changed both sides are told, null for absent, and of the rest nothing', () => {
  interface State {
    name: string;
    role?: string;
    list: number[];
    other: number;
  }
  const before: State = { name: 'A', list: [1], other: 1 };
  const after: State = { name: 'A', role: 'reader', list: [1, 2], other: 2 };
  expect(changedFields(before, after, ['name', 'role', 'list'])).toEqual({
    from: { role: null, list: [1] },
    to: { role: 'reader', list: [1, 2] },
  });
  expect(changedFields(before, after, ['name'])).toBeUndefined();
});

test('nothing has changed from a state to itself, whatever the order of its names', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()), (state) => {
      const turned = Object.fromEntries(Object.entries(state).toReversed());
      expect(changedFields<Record<string, unknown>>(state, turned, ['a', 'b'])).toBeUndefined();
    }),
  );
});
