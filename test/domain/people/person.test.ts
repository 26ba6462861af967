import { describe, expect, test } from '@jest/globals';
import { actsFor, admit, type Person, personOf } from '../../../core/domain/people/person.ts';

const CLAIMS = { sub: 'person-1', 'keywright:role': 'admin' };

describe('claims', () => {
  test.each([
    ['[tenant_acme tenant_beta]', ['tenant_acme', 'tenant_beta']],
    ['tenant_acme tenant_beta', ['tenant_acme', 'tenant_beta']],
    ['tenant_acme,tenant_beta', ['tenant_acme', 'tenant_beta']],
    ['["tenant_acme", "tenant_beta"]', ['tenant_acme', 'tenant_beta']],
    ['[tenant_acme]', ['tenant_acme']],
    ['*', '*'],
    ['[*]', '*'],
    ['[]', []],
    ['', []],
    [undefined, []],
  ])('keywright:tenants %j is %j', (claim, tenants) => {
    expect(personOf({ ...CLAIMS, 'keywright:tenants': claim }).tenants).toEqual(tenants);
  });

  test.each([
    [{ amr: '[pwd otp mfa]' }, true],
    [{ amr: 'mfa' }, true],
    [{ 'keywright:amr': '[mfa]' }, true],
    [{ amr: '[pwd]' }, false],
    [{ amr: '[nomfa]' }, false],
    [{}, false],
  ])('of %j the second factor is %j', (claims, mfa) => {
    expect(personOf({ ...CLAIMS, ...claims }).mfa).toBe(mfa);
  });

  test('a token that names nobody is refused; one that names no role of ours acts for no tenant', () => {
    expect(() => personOf({})).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
    for (const role of [undefined, 'root', 'constructor', '__proto__', '']) {
      const person = personOf({ sub: 'x', 'keywright:role': role, 'keywright:tenants': '[*]' });
      expect([person.role, person.tenants]).toEqual([undefined, []]);
    }
  });

  test.each([
    [{ email_verified: 'true' }, true],
    [{ email_verified: true }, true],
    [{ 'keywright:email_verified': 'true' }, true],
    [{ email_verified: 'false' }, false],
    [{ email_verified: 'TRUE' }, false],
    [{ email_verified: '[true]' }, false],
    [{ email_verified: 1 }, false],
    [{}, false],
  ])('of %j the e-mail address is the person’s: %j', (claims, verified) => {
    expect(personOf({ ...CLAIMS, ...claims }).emailVerified).toBe(verified);
  });

  test.each([
    ['1764331200', '2025-11-28T12:00:00.000Z'],
    [1764331200, '2025-11-28T12:00:00.000Z'],
    ['', undefined],
    ['soon', undefined],
    ['1e99', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ])('auth_time %j is %j', (claim, time) => {
    expect(personOf({ ...CLAIMS, auth_time: claim }).authTime?.toISOString()).toBe(time);
  });
});

describe('admission', () => {
  const person: Person = { ...personOf(CLAIMS), tenants: ['tenant_acme'], mfa: false };
  const route = { roles: ['admin', 'auditor'] } as const;

  test('a person acts for the tenants of the list, whole names only', () => {
    expect(actsFor(person, 'tenant_acme')).toBe(true);
    expect(actsFor(person, 'tenant_acm')).toBe(false);
    expect(actsFor(person, 'tenant_acme2')).toBe(false);
    expect(actsFor({ ...person, tenants: '*' }, 'tenant_other')).toBe(true);
    expect(actsFor({ ...person, tenants: [] }, 'tenant_acme')).toBe(false);
  });

  test.each([
    ['another role', { ...person, role: 'developer' }, route, 'tenant_acme', 'forbidden'],
    ['a list where all is needed', person, { ...route, everyTenant: true }, undefined, 'forbidden'],
    ['no second factor', person, { ...route, mfa: true }, 'tenant_acme', 'mfa_required'],
    ['no second factor, whatever the tenant', person, { ...route, mfa: true }, 'tenant_x', 'mfa_required'],
    ['a foreign tenant', person, route, 'tenant_x', 'not_found'],
  ] as const)('is refused for %s', (_, who, to, tenantId, code) => {
    expect(() => admit(who, to, tenantId)).toThrow(expect.objectContaining({ code }));
  });

  test('is given to whom the route is for', () => {
    expect(() => admit(person, route, 'tenant_acme')).not.toThrow();
    expect(() => admit({ ...person, mfa: true }, { ...route, mfa: true }, undefined)).not.toThrow();
    expect(() =>
      admit({ ...person, tenants: '*' }, { ...route, everyTenant: true }, undefined),
    ).not.toThrow();
  });
});
