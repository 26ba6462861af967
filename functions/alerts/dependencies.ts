import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { AlertStore } from '../../core/store/alert-store.ts';

/** What reading and acknowledging security findings needs. */
export interface AlertDependencies extends HandlerDependencies {
  readonly alerts: AlertStore;
}
