import type { Change } from '../../core/domain/audit-event.ts';
import { found } from '../../core/domain/not-found.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { TenantDependencies } from './dependencies.ts';

/**
 * Reads a tenant, decides on its change and writes it; the tenant as it is then.
 * @param decide gives undefined when there is nothing to change
 */
export async function changeTenant(
  tenantId: string,
  { tenants }: TenantDependencies,
  decide: (tenant: Tenant) => Change<Tenant> | undefined,
): Promise<Tenant> {
  const before = found(await tenants.get(tenantId));
  const change = decide(before);
  if (change !== undefined) await tenants.update(before, change);
  return change?.state ?? before;
}
