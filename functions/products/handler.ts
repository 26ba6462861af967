import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { deployedSurroundings } from '../../core/wiring/deployed-surroundings.ts';
import { productOperations } from './product-operations.ts';

const table = deployedTable();

export const handler = managementHandler(productOperations, {
  ...deployedSurroundings(table),
  products: new ProductStore(table),
  apis: new ApiStore(table),
});
