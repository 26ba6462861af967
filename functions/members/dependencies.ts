import type { Surroundings } from '../../core/management/management-handler.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on people need. */
export interface MemberDependencies extends Surroundings {
  readonly tenants: TenantStore;
}
