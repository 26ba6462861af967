import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { ApiStore } from '../../core/store/api-store.ts';
import type { ProductStore } from '../../core/store/product-store.ts';

/** What operations on products need. */
export interface ProductDependencies extends HandlerDependencies {
  readonly products: ProductStore;
  readonly apis: ApiStore;
}
