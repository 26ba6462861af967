import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { deployedSurroundings } from '../../core/wiring/deployed-surroundings.ts';
import { alertOperations } from './alert-operations.ts';

const table = deployedTable();

export const handler = managementHandler(alertOperations, {
  ...deployedSurroundings(table),
  alerts: new AlertStore(table),
});
