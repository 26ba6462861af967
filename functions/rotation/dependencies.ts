import type { ShowableKeys } from '../../core/aws/showable-keys.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { AlertStore } from '../../core/store/alert-store.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { LastUseStore } from '../../core/store/last-use-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';
import type { UsageStore } from '../../core/store/usage-store.ts';

/** What registering a stored secret needs. */
export interface RotationDependencies extends HandlerDependencies {
  readonly keys: KeyStore;
  readonly subscriptions: SubscriptionStore;
  readonly showableKeys: Pick<ShowableKeys, 'keep'>;
  readonly tenants: TenantStore;
  readonly lastUses: LastUseStore;
  readonly usage: Pick<UsageStore, 'counts'>;
  readonly alerts: Pick<AlertStore, 'create'>;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
}
