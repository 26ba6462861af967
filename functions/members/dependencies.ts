import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { MemberPlanning } from '../../core/management/member-plan.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';

import type { MailSettings } from './notifications.ts';

/** What operations on people need. */
export interface MemberDependencies extends HandlerDependencies, MemberPlanning {
  /** Absent where nobody is mailed. */
  readonly mailSettings?: MailSettings | undefined;
  readonly approvals: ApprovalStore;
}
