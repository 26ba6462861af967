import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { productOperations } from './product-operations.ts';

const table = deployedTable();

export const handler = managementHandler(productOperations, {
  ...deployedDependencies(table),
  products: new ProductStore(table),
  apis: new ApiStore(table),
});
