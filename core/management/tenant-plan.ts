import { decideOnTenant } from '../domain/approvals/approvable.ts';
import type { TenantOperation } from '../domain/approvals/approval.ts';
import { found } from '../domain/ground/not-found.ts';
import { mayBeHeld, type Tenant } from '../domain/tenants/tenant.ts';
import type { KeyStore } from '../store/key-store.ts';
import type { TenantStore } from '../store/tenant-store.ts';
import type { Answer } from './operation.ts';
import { type Plan, updating } from './plan.ts';
import { presentRole, presentTenant } from './schemas/tenant-schemas.ts';

/** What planning an operation on tenants needs. */
export interface TenantPlanning {
  readonly tenants: TenantStore;
  readonly keys: Pick<KeyStore, 'holdersOf'>;
  readonly now: () => Date;
}

/** Plans an operation on a tenant or one of its roles. @throws DomainError `not_found` */
export async function planOnTenant(
  what: TenantOperation,
  tenantId: string,
  { tenants, keys, now }: TenantPlanning,
): Promise<Plan<Tenant>> {
  const before = found(await tenants.get(tenantId));
  const holders =
    what.operation === 'putRole' && mayBeHeld(before, what.role)
      ? await keys.holdersOf(tenantId, what.role, now())
      : undefined;
  return {
    tenant: (tenant) => tenant,
    before,
    decide: (tenant, own) => decideOnTenant(what, tenant, own, holders),
    write: updating(tenants),
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
