import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedSurroundings } from '../../core/http/deployed-surroundings.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { productOperations } from './product-operations.ts';

const table = deployedTable();

export const handler = managementHandler(productOperations, {
  ...deployedSurroundings(),
  products: new ProductStore(table),
  apis: new ApiStore(table),
});
