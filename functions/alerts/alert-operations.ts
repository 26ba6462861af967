import { type Operations, operation } from '../../core/management/operation.ts';
import { alertSchemas } from '../../core/management/schemas/alert-schemas.ts';
import { acknowledgeAlert } from './acknowledge-alert.ts';
import type { AlertDependencies } from './dependencies.ts';
import { listAlerts } from './list-alerts.ts';

export const alertOperations: Operations<'alerts', AlertDependencies> = {
  listAlerts: operation(alertSchemas.listAlerts, listAlerts),
  acknowledgeAlert: operation(alertSchemas.acknowledgeAlert, acknowledgeAlert),
};
