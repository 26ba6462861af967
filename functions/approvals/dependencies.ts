import type { Pepper } from '../../core/domain/pepper.ts';
import type { UsagePlanKeys } from '../../core/domain/usage-plan.ts';
import type { Surroundings } from '../../core/http/management-handler.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What deciding on approvals and carrying them out needs. */
export interface ApprovalDependencies extends Surroundings {
  readonly approvals: ApprovalStore;
  readonly keys: KeyStore;
  readonly lastUses: LastUseStore;
  readonly tenants: TenantStore;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly pepper: () => Promise<Pepper>;
}
