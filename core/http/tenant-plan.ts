import { decideOnTenant } from '../domain/approvable.ts';
import type { TenantOperation } from '../domain/approval.ts';
import type { Occasion } from '../domain/audit-event.ts';
import { found } from '../domain/not-found.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import type { Answer } from './operation.ts';
import { type Plan, updating } from './plan.ts';
import { presentRole, presentTenant } from './schemas/tenant-schemas.ts';

/** Plans an operation on a tenant or one of its roles. @throws DomainError `not_found` */
export async function planOnTenant(
  what: TenantOperation,
  tenantId: string,
  occasion: Occasion,
  { tenants }: { readonly tenants: TenantStore },
): Promise<Plan<Tenant>> {
  const before = found(await tenants.get(tenantId));
  return {
    tenant: before,
    before,
    decide: () => decideOnTenant(what, before, occasion),
    write: updating(tenants, before),
    answer: (tenant) => answerOf(what, tenant),
  };
}

function answerOf(what: TenantOperation, tenant: Tenant): Answer {
  switch (what.operation) {
    case 'updateTenant':
      return { status: 200, body: presentTenant(tenant) };
    case 'putRole':
      return { status: 200, body: presentRole(what.role, what.body) };
    case 'deleteRole':
      return { status: 204 };
  }
}
