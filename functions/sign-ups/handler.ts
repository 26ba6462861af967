import { deployedTable } from '../../core/aws/document-client.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { SignUpStore } from '../../core/store/sign-up-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies, deployedSignUp } from '../../core/wiring/deployed-dependencies.ts';
import { signUpOperations } from './sign-up-operations.ts';

const table = deployedTable();

export const handler = managementHandler(signUpOperations, {
  ...deployedDependencies(table),
  signUps: new SignUpStore(table),
  members: new MemberStore(table),
  tenants: new TenantStore(table),
  signUpRule: deployedSignUp(),
});
