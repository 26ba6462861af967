import type { TenantOperation } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import type { Answer } from '../../core/management/operation.ts';
import { doOrWait } from '../../core/management/plan.ts';
import { planOnTenant } from '../../core/management/tenant-plan.ts';
import type { TenantDependencies } from './dependencies.ts';

interface TenantRequest {
  readonly path: { readonly tenantId: string };
  readonly context: ChangeContext;
}

/** Does an operation on a tenant or one of its roles, or lets it wait. */
export async function changeTenant(
  what: TenantOperation,
  { path, context }: TenantRequest,
  dependencies: TenantDependencies,
): Promise<Answer> {
  const plan = await planOnTenant(what, path.tenantId, dependencies);
  return doOrWait(what, plan, context, dependencies);
}
