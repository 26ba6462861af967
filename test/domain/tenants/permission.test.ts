import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPermission, narrow, Permissions } from '../../../core/domain/tenants/permission.ts';

const resource = fc.constantFrom('*', 'orders', 'catalog', 'refunds');
const action = fc.constantFrom('*', 'read', 'write');
const permission = fc.tuple(resource, action).map(([left, right]) => `${left}:${right}`);
const need = fc.record({
  resource: fc.constantFrom('orders', 'catalog', 'refunds', 'other', ''),
  action: fc.constantFrom('read' as const, 'write' as const),
});

describe('the grammar', () => {
  test.each(['orders:read', '*:*', '*:read', 'orders:*', 'order-lines_2.x:write'])('%s', (text) => {
    expect(isPermission(text)).toBe(true);
  });
  test.each([
    'orders',
    'orders:',
    ':read',
    'orders:delete',
    'or*:read',
    'a:b:c',
    '',
    ' orders:read',
    'orders:read\n',
  ])('refused: %j', (text) => {
    expect(isPermission(text)).toBe(false);
    expect(new Permissions([text]).allow({ resource: 'orders', action: 'read' })).toBe(false);
  });
});

test('a star stands for every resource or action, and only a star covers the empty resource', () => {
  expect(new Permissions(['*:read']).allow({ resource: 'orders', action: 'read' })).toBe(true);
  expect(new Permissions(['*:read']).allow({ resource: 'orders', action: 'write' })).toBe(false);
  expect(new Permissions(['orders:*']).allow({ resource: 'orders', action: 'write' })).toBe(true);
  expect(new Permissions(['orders:*']).allow({ resource: '', action: 'read' })).toBe(false);
  expect(new Permissions(['*:*']).allow({ resource: '', action: 'write' })).toBe(true);
});

test("a key's own permissions narrow its role's: allowed exactly where both allow", () => {
  fc.assert(
    fc.property(fc.array(permission), fc.array(permission), need, (role, own, wanted) => {
      const both = new Permissions(role).allow(wanted) && new Permissions(own).allow(wanted);
      expect(new Permissions(narrow(role, own)).allow(wanted)).toBe(both);
      expect(new Permissions(narrow(role, undefined)).allow(wanted)).toBe(
        new Permissions(role).allow(wanted),
      );
    }),
  );
});
