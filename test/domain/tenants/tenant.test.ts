import { describe, expect, test } from '@jest/globals';
import type { ChangeContext } from '../../../core/domain/audit/audit-event.ts';
import {
  createTenant,
  deleteRole,
  putRole,
  type Tenant,
  updateTenant,
} from '../../../core/domain/tenants/tenant.ts';

const OCCASION: ChangeContext = {
  now: new Date('2026-11-22T12:00:00.000Z'),
  actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
  requestId: 'request-1',
  eventId: 'event-1',
};
const { state: tenant, event: creation } = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, OCCASION);
const suspended: Tenant = { ...tenant, status: 'suspended' };

test('a new tenant is active and has a reader and a writer', () => {
  expect(tenant).toMatchObject({
    status: 'active',
    settings: { requireApproval: false, leakResponse: 'revoke' },
    roles: { reader: { permissions: ['*:read'] }, writer: { permissions: ['*:*'] } },
    revision: 1,
  });
  expect(creation).toMatchObject({
    type: 'tenant.created',
    tenantId: 'tenant_acme',
    subject: { type: 'tenant', id: 'tenant_acme' },
  });
});

describe('an update', () => {
  test.each([
    ['renames', tenant, { name: 'Acme Ltd' }, 'tenant.updated'],
    ['suspends', tenant, { status: 'suspended' }, 'tenant.suspended'],
    ['suspends and renames', tenant, { status: 'suspended', name: 'Acme Ltd' }, 'tenant.suspended'],
    ['resumes', suspended, { status: 'active' }, 'tenant.resumed'],
    ['changes a setting', tenant, { settings: { leakResponse: 'notify' } }, 'tenant.updated'],
    [
      'renames an active one that is asked to be active',
      tenant,
      { status: 'active', name: 'New' },
      'tenant.updated',
    ],
  ] as const)('%s', (_, before, input, type) => {
    const change = updateTenant(before, input, OCCASION);
    expect(change?.event.type).toBe(type);
    expect(change?.state.revision).toBe(before.revision + 1);
  });

  test('leaves the settings that it does not name', () => {
    const change = updateTenant(tenant, { settings: { requireApproval: true } }, OCCASION);
    expect(change?.state.settings).toEqual({ requireApproval: true, leakResponse: 'revoke' });
  });

  test('to the status that the tenant has is refused, with something else that changes nothing it is none', () => {
    const refused = expect.objectContaining({ code: 'invalid_state' });
    expect(() => updateTenant(tenant, { status: 'active' }, OCCASION)).toThrow(refused);
    expect(() => updateTenant(suspended, { status: 'suspended' }, OCCASION)).toThrow(refused);
    expect(updateTenant(tenant, { status: 'active', name: 'Acme' }, OCCASION)).toBeUndefined();
  });
});

describe('a suspension', () => {
  const operator = { ...OCCASION, isOperator: true };
  const stop = { status: 'suspended' } as const;
  const go = { status: 'active' } as const;
  const forbidden = expect.objectContaining({ code: 'forbidden', param: 'status' });
  const byOperator = updateTenant(tenant, stop, operator)?.state as Tenant;

  test('by an operator is ended by an operator alone, whatever else is asked for with it', () => {
    expect(() => updateTenant(byOperator, go, OCCASION)).toThrow(forbidden);
    expect(() => updateTenant(byOperator, { ...go, name: 'Other' }, OCCASION)).toThrow(forbidden);
    const resumed = updateTenant(byOperator, go, operator)?.state;
    expect(resumed?.status).toBe('active');
    expect(resumed).not.toHaveProperty('suspendedByOperator');
  });

  test('by its own admin is ended by either', () => {
    const own = updateTenant(tenant, stop, OCCASION)?.state as Tenant;
    expect(own).not.toHaveProperty('suspendedByOperator');
    expect(updateTenant(own, go, OCCASION)?.state.status).toBe('active');
    expect(updateTenant(own, go, operator)?.state.status).toBe('active');
  });

  test('says by its actor whose it is, and by nothing else', () => {
    expect(updateTenant(tenant, stop, operator)?.event.data).toEqual({
      from: { status: 'active' },
      to: { status: 'suspended' },
    });
  });

  test('by its own admin can be made an operator’s', () => {
    const own = updateTenant(tenant, stop, OCCASION)?.state as Tenant;
    const held = updateTenant(own, stop, operator);
    expect(held?.event).toMatchObject({
      type: 'tenant.suspended',
      data: { to: { suspendedByOperator: true } },
    });
    expect(() => updateTenant(held?.state as Tenant, go, OCCASION)).toThrow(forbidden);
  });

  test('by an operator outlasts what its own admin changes besides', () => {
    const renamed = updateTenant(byOperator, { name: 'Acme Ltd' }, OCCASION)?.state;
    expect(renamed).toMatchObject({ name: 'Acme Ltd', status: 'suspended', suspendedByOperator: true });
  });
});

describe('roles', () => {
  const role = { permissions: ['orders:read'], description: '' };

  test('a role is made, replaced and deleted', () => {
    const made = putRole(tenant, 'clerk', role, OCCASION);
    expect(made?.event).toMatchObject({
      type: 'role.changed',
      subject: { type: 'role', id: 'clerk' },
      data: { from: null, to: role },
    });
    const replaced = putRole(made?.state ?? tenant, 'clerk', { ...role, permissions: ['*:*'] }, OCCASION);
    expect(replaced?.event.data).toMatchObject({ from: role, to: { permissions: ['*:*'] } });
    const deleted = deleteRole(replaced?.state ?? tenant, 'clerk', OCCASION);
    expect(deleted.event.type).toBe('role.deleted');
    expect(deleted.state.roles).toEqual(tenant.roles);
  });

  test('putting what is there already changes nothing', () => {
    const reader = tenant.roles.reader ?? role;
    expect(putRole(tenant, 'reader', reader, OCCASION)).toBeUndefined();
  });

  test.each(['', 'Clerk', '1st', '-x', '__proto__', `a${'b'.repeat(40)}`, 'a b'])(
    '%j names no role',
    (name) => {
      const refused = expect.objectContaining({ code: 'invalid_request', param: 'role' });
      expect(() => putRole(tenant, name, role, OCCASION)).toThrow(refused);
    },
  );

  test('constructor is a name like any other', () => {
    const refused = expect.objectContaining({ code: 'not_found' });
    expect(() => deleteRole(tenant, 'constructor', OCCASION)).toThrow(refused);
    const made = putRole(tenant, 'constructor', role, OCCASION);
    expect(deleteRole(made?.state ?? tenant, 'constructor', OCCASION).state.roles).toEqual(tenant.roles);
  });

  test('a tenant has 50 roles at most, and any of them can still be replaced', () => {
    const names = Array.from({ length: 48 }, (_, i) => `role-${i}`);
    const full = names.reduce(
      (before, name) => putRole(before, name, role, OCCASION)?.state ?? before,
      tenant,
    );
    expect(Object.keys(full.roles)).toHaveLength(50);
    const refused = expect.objectContaining({ code: 'invalid_request', param: 'role' });
    expect(() => putRole(full, 'one-more', role, OCCASION)).toThrow(refused);
    expect(putRole(full, 'reader', role, OCCASION)).toBeDefined();
  });
});
