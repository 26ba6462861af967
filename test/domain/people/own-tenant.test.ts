import { expect, test } from '@jest/globals';
import {
  type DayOfTenants,
  ownTenantId,
  ownTenantName,
  withNewcomer,
} from '../../../core/domain/people/own-tenant.ts';
import { TENANT_ID } from '../../../core/domain/tenants/tenant.ts';

const open = { mode: 'open', domains: {} } as const;

test('a person’s own tenant is one and the same, and nobody else’s', () => {
  const ids = ['grace', 'Grace', '', 'tenant_acme', 'x'.repeat(255)].map(ownTenantId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(TENANT_ID);
  expect(ownTenantId('grace')).toBe(ids[0]);
});

test('it is called as the person says, or as the part of the address before the last @', () => {
  expect(ownTenantName({ company: 'Acme', email: 'grace@acme.example' })).toBe('Acme');
  expect(ownTenantName({ company: null, email: 'grace.h@acme.example' })).toBe('grace.h');
});

/** A day on which so many come one after the other, each from the address that `ipOf` says. */
function dayOf(count: number, ipOf: (i: number) => string | undefined, perDay?: number): DayOfTenants {
  const rule = { ...open, ...(perDay !== undefined && { perDay }) };
  return Array.from({ length: count }, (_, i) => i).reduce<DayOfTenants>(
    (day, i) => withNewcomer(day, { signUpId: `signup_${i}`, ip: ipOf(i) }, rule),
    [],
  );
}
const elsewhere = (i: number) => `198.51.${i}.7`;

test('of a day as many get one as its room is for, and whoever comes again takes no more of it', () => {
  const day = dayOf(100, elsewhere);
  expect(withNewcomer(day, { signUpId: 'signup_7', ip: undefined }, open)).toBe(day);
  expect(() => dayOf(101, elsewhere)).toThrow(/^As many people as can .*tomorrow/);
  expect(dayOf(3, elsewhere, 3)).toHaveLength(3);
  expect(() => dayOf(4, elsewhere, 3)).toThrow(/^As many/);
});

test('one network has a tenth of it, of a small day five; who says no address shares one', () => {
  const here = (i: number) => `203.0.113.${i}`;
  expect(dayOf(10, here)).toHaveLength(10);
  expect(() => dayOf(11, here)).toThrow(/^From your network/);
  const mapped = withNewcomer(dayOf(10, elsewhere), { signUpId: 'signup_x', ip: '::ffff:198.51.0.9' }, open);
  expect(mapped.at(-1)?.network).toBe('198.51.0.0/24');
  expect(dayOf(5, here, 20)).toHaveLength(5);
  expect(() => dayOf(6, here, 20)).toThrow(/^From your network/);
  expect(() => dayOf(11, () => undefined)).toThrow(/^From your network/);
});
