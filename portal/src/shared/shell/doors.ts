import type { Me } from '../api/me.ts';

/** Whether a person acts for no tenant: then there is nothing behind either door yet. */
export function isOfNoTenant({ tenants }: Me): boolean {
  return tenants !== '*' && tenants.length === 0;
}

/** Whether a person has anything to do behind `/admin`: as admin or auditor, of whatever tenant. */
export function isAdminsDoorOpenTo({ role, tenants }: Me): boolean {
  const roles = [role, ...(tenants === '*' ? [] : tenants.map((tenant) => tenant.role))];
  return roles.some((each) => each === 'admin' || each === 'auditor');
}
