import type { PublicClientKeys } from '../../core/aws/public-client-keys.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { ApiStore } from '../../core/store/api-store.ts';
import type { DocumentStore } from '../../core/store/document-store.ts';
import type { ProductStore } from '../../core/store/product-store.ts';
import type { SubscriptionStore } from '../../core/store/subscription-store.ts';

/** What operations on products need. */
export interface ProductDependencies extends HandlerDependencies {
  readonly products: ProductStore;
  readonly apis: ApiStore;
  readonly documents: DocumentStore;
  readonly subscriptions: Pick<SubscriptionStore, 'list'>;
  readonly clientKeys: Pick<PublicClientKeys, 'open'>;
}
