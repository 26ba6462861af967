import type { Surroundings } from '../../core/http/management-handler.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on tenants and their roles need. */
export interface TenantDependencies extends Surroundings {
  readonly tenants: TenantStore;
  readonly approvals: ApprovalStore;
}
