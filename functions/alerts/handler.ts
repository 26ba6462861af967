import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedSurroundings } from '../../core/http/deployed-surroundings.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { alertOperations } from './alert-operations.ts';

export const handler = managementHandler(alertOperations, {
  ...deployedSurroundings(),
  alerts: new AlertStore(deployedTable()),
});
