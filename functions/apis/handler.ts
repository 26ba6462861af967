import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ShowableKeySecrets } from '../../core/aws/showable-keys.ts';
import { ENV, SECRET_PREFIX } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { DocumentStore } from '../../core/store/document-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { apiOperations } from './api-operations.ts';

const table = deployedTable();
const common = deployedDependencies(table);
const secrets = new SecretsManagerClient({});
const peppers = deployedPepper(secrets, common.now);

export const handler = managementHandler(apiOperations, {
  ...common,
  apis: new ApiStore(table),
  documents: new DocumentStore(table, common.randomBytes),
  products: new ProductStore(table),
  clientKeys: new ShowableKeySecrets(secrets, SECRET_PREFIX.clientKey, required(process.env, ENV.secretsKey)),
  pepper: (versions) => peppers.pepper(versions),
});
