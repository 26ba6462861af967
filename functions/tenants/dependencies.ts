import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on tenants and their roles need. */
export interface TenantDependencies extends HandlerDependencies {
  readonly tenants: TenantStore;
  /** Keys keep the names of roles that were taken away. */
  readonly keys: Pick<KeyStore, 'holdersOf'>;
  readonly approvals: ApprovalStore;
}
