import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { documentClient } from '../../core/aws/document-client.ts';
import { PepperSource } from '../../core/aws/secrets.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { deployedSurroundings, environmentVariable } from '../../core/http/environment.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { keyOperations } from './key-operations.ts';

const surroundings = deployedSurroundings();
const table = { client: documentClient(), name: environmentVariable(ENV.table) };
const peppers = new PepperSource(
  new SecretsManagerClient({}),
  environmentVariable(ENV.pepperSecret),
  surroundings.now,
);

export const handler = managementHandler('keys', keyOperations, {
  ...surroundings,
  keys: new KeyStore(table),
  tenants: new TenantStore(table),
  pepper: () => peppers.pepper(),
});
