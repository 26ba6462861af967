import type { Pepper } from '../../core/domain/keys/pepper.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { AliasStore } from '../../core/store/alias-store.ts';
import type { ApiStore } from '../../core/store/api-store.ts';
import type { CredentialStore } from '../../core/store/credential-store.ts';
import type { KeyStore } from '../../core/store/key-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';
import type { GitHubKeys } from './github-keys.ts';

/** What reports of leaked keys need. */
export interface LeakDependencies extends HandlerDependencies {
  /** What imported keys are found by; absent where they are not accepted. */
  readonly aliases?: Pick<AliasStore, 'find'> | undefined;
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly keys: KeyStore;
  readonly subscriptions: SubscriptionStore;
  readonly apis: ApiStore;
  readonly tenants: TenantStore;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
  readonly githubKeys: Pick<GitHubKeys, 'verify'>;
}
