import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { deployedSurroundings } from '../../core/wiring/deployed-surroundings.ts';
import { alertOperations } from './alert-operations.ts';

export const handler = managementHandler(alertOperations, {
  ...deployedSurroundings(),
  alerts: new AlertStore(deployedTable()),
});
