import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { alertOperations } from './alert-operations.ts';

const table = deployedTable();

export const handler = managementHandler(alertOperations, {
  ...deployedDependencies(table),
  alerts: new AlertStore(table),
});
