import { deployedTable } from '../../core/aws/document-client.ts';
import { PublicClientKeys } from '../../core/aws/public-client-keys.ts';
import { deployedSealedTexts } from '../../core/aws/sealed-text.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { productOperations } from './product-operations.ts';

const table = deployedTable();
const common = deployedDependencies(table);

export const handler = managementHandler(productOperations, {
  ...common,
  products: new ProductStore(table),
  apis: new ApiStore(table),
  documents: new DocumentStore(table, common.randomBytes),
  subscriptions: new SubscriptionStore(table),
  clientKeys: new PublicClientKeys(deployedSealedTexts()),
});
