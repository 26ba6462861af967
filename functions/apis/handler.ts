import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { deployedTable } from '../../core/aws/document-client.ts';
import { PublicClientKeys } from '../../core/aws/public-client-keys.ts';
import { deployedSealedTexts } from '../../core/aws/sealed-text.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { apiOperations } from './api-operations.ts';

const table = deployedTable();
const common = deployedDependencies(table);
const sealedTexts = deployedSealedTexts();
const peppers = deployedPepper(new SecretsManagerClient({}), common.now);

export const handler = managementHandler(apiOperations, {
  ...common,
  apis: new ApiStore(table),
  documents: new DocumentStore(table, common.randomBytes),
  products: new ProductStore(table),
  subscriptions: new SubscriptionStore(table),
  showableKeys: new ShowableKeys(sealedTexts),
  publicKeys: new PublicClientKeys(sealedTexts),
  pepper: (versions) => peppers.pepper(versions),
});
