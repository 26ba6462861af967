import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { MemberStore } from '../../core/store/member-store.ts';
import type { SessionStore } from '../../core/store/session-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on people need. */
export interface MemberDependencies extends HandlerDependencies {
  readonly tenants: TenantStore;
  readonly members: MemberStore;
  readonly sessions: SessionStore;
  readonly approvals: ApprovalStore;
}
