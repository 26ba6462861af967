import { documentClient } from '../../core/aws/document-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { deployedSurroundings, environmentVariable } from '../../core/http/environment.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { apiOperations } from './api-operations.ts';

const table = { client: documentClient(), name: environmentVariable(ENV.table) };

export const handler = managementHandler('apis', apiOperations, {
  ...deployedSurroundings(),
  apis: new ApiStore(table),
});
