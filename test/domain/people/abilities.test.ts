import { describe, expect, test } from '@jest/globals';
import type { ManagementRoute } from '../../../core/contract/management-route.ts';
import { type Operation, ROUTES } from '../../../core/contract/routes.ts';
import { abilitiesOf } from '../../../core/domain/people/abilities.ts';
import { type Person, personOf } from '../../../core/domain/people/person.ts';

const person = (claims: Record<string, unknown>, changes: Partial<Person> = {}): Person => ({
  ...personOf({ sub: 'sub-1', ...claims }),
  ...changes,
});
const operator = (mfa: boolean) =>
  person({ 'keywright:role': 'admin', 'keywright:tenants': '[*]', ...(mfa && { amr: '[mfa]' }) });
const operationsOf = (holds: (route: ManagementRoute) => boolean): Operation[] =>
  ROUTES.filter((route) => holds(route)).map(({ operation }) => operation);

describe('what one may call', () => {
  test('is, for an operator with a second factor, every route that is for admins', () => {
    const { now, withSecondFactor } = abilitiesOf(operator(true), undefined);
    expect(now).toEqual(operationsOf(({ roles }) => roles.includes('admin')));
    expect(withSecondFactor).toEqual([]);
  });

  test('without a second factor is told apart from what needs one', () => {
    const { now, withSecondFactor } = abilitiesOf(operator(false), undefined);
    const all = abilitiesOf(operator(true), undefined).now;
    expect(withSecondFactor).toContain('createKey');
    expect(now).not.toContain('createKey');
    expect([...now, ...withSecondFactor].sort()).toEqual([...all].sort());
  });

  test('in a tenant is what the role there allows, and nothing in another', () => {
    const memberships = [{ tenantId: 'tenant_acme', role: 'admin' }] as const;
    const member = person({ amr: '[mfa]' }, { memberships });
    expect(abilitiesOf(member, 'tenant_acme').now).toContain('createKey');
    expect(abilitiesOf(member, 'tenant_bank').now).not.toContain('createKey');
  });

  test('is next to nothing for who has no role', () => {
    const { now } = abilitiesOf(person({ amr: '[mfa]' }), undefined);
    expect(now).toEqual(operationsOf(({ anyone }) => anyone === true));
  });
});
