import { documentClient } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { deployedSurroundings } from '../../core/http/deployed-surroundings.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { productOperations } from './product-operations.ts';

const table = { client: documentClient(), name: required(process.env, ENV.table) };

export const handler = managementHandler(productOperations, {
  ...deployedSurroundings(),
  products: new ProductStore(table),
  apis: new ApiStore(table),
});
