import type { PublicClientKeys } from '../../core/aws/public-client-keys.ts';
import type { ShowableKeys } from '../../core/aws/showable-keys.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { ApiStore } from '../../core/store/api-store.ts';
import type { DocumentStore } from '../../core/store/document-store.ts';
import type { ProductStore } from '../../core/store/product-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';

/** What operations on protected APIs need. */
export interface ApiDependencies extends HandlerDependencies {
  readonly apis: ApiStore;
  readonly documents: DocumentStore;
  readonly products: Pick<ProductStore, 'list'>;
  readonly subscriptions: Pick<SubscriptionStore, 'list'>;
  readonly showableKeys: ShowableKeys;
  readonly publicKeys: Pick<PublicClientKeys, 'seal'>;
  readonly pepper: (versions?: readonly string[]) => Promise<Pepper>;
}
