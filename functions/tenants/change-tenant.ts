import type { TenantOperation } from '../../core/domain/approval.ts';
import type { Occasion } from '../../core/domain/audit-event.ts';
import { decideOnTenant, waitsForApproval } from '../../core/domain/four-eyes.ts';
import { found } from '../../core/domain/not-found.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { Answer } from '../../core/http/operation.ts';
import { requestApproval } from '../../core/http/request-approval.ts';
import type { TenantDependencies } from './dependencies.ts';

interface TenantRequest {
  readonly path: { readonly tenantId: string };
  readonly occasion: Occasion;
}

/**
 * Reads a tenant, decides on its change and writes it; or lets `what` wait for a second admin.
 * @param answer what is answered with the tenant as it is then
 */
export async function changeTenant(
  what: TenantOperation,
  { path, occasion }: TenantRequest,
  dependencies: TenantDependencies,
  answer: (tenant: Tenant) => Answer,
): Promise<Answer> {
  const { tenants } = dependencies;
  const before = found(await tenants.get(path.tenantId));
  const change = decideOnTenant(what, before, occasion);
  if (change !== undefined) {
    if (waitsForApproval(before, change)) return requestApproval(what, change, occasion, dependencies);
    await tenants.update(before, change);
  }
  return answer(change?.state ?? before);
}
