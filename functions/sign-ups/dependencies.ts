import type { SignUpRule } from '../../core/domain/people/sign-up.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { MemberStore } from '../../core/store/member-store.ts';
import type { SignUpStore } from '../../core/store/sign-up-store.ts';
import type { TenantStore } from '../../core/store/tenant-store.ts';

/** What operations on sign-ups need. */
export interface SignUpDependencies extends HandlerDependencies {
  readonly signUps: SignUpStore;
  readonly members: MemberStore;
  readonly tenants: TenantStore;
  readonly signUpRule: SignUpRule;
}
