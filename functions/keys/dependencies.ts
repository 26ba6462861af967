import type { UsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { AliasStore } from '../../core/store/alias-store.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { CredentialStore } from '../../core/store/credential-store.ts';
import type { KeyLists } from '../../core/store/key-lists.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on API keys need. */
export interface KeyDependencies extends HandlerDependencies {
  readonly keys: KeyStore;
  readonly keyLists: KeyLists;
  readonly tenants: TenantStore;
  readonly approvals: ApprovalStore;
  readonly lastUses: LastUseStore;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly aliases: AliasStore;
  readonly credentials: CredentialStore;
  readonly pepper: () => Promise<Pepper>;
}
