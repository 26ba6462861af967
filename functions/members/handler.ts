import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies } from '../../core/wiring/deployed-dependencies.ts';
import { memberOperations } from './member-operations.ts';

const table = deployedTable();

export const handler = managementHandler(memberOperations, {
  ...deployedDependencies(table),
  tenants: new TenantStore(table),
  members: new MemberStore(table),
  sessions: new SessionStore(table),
  approvals: new ApprovalStore(table),
});
