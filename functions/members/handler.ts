import { deployedTable } from '../../core/aws/document-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { AddresseeStore } from '../../core/store/addressee-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { MailStore } from '../../core/store/mail-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import {
  deployedDependencies,
  deployedInvitations,
  deployedSignUp,
} from '../../core/wiring/deployed-dependencies.ts';
import { memberOperations } from './member-operations.ts';

const table = deployedTable();

export const handler = managementHandler(memberOperations, {
  ...deployedDependencies(table),
  ...deployedInvitations(),
  tenants: new TenantStore(table),
  members: new MemberStore(table),
  sessions: new SessionStore(table),
  ...(process.env[ENV.mail] === 'true' && {
    mailSettings: { addressees: new AddresseeStore(table), mails: new MailStore(table) },
  }),
  signUpMode: deployedSignUp().mode,
  approvals: new ApprovalStore(table),
});
