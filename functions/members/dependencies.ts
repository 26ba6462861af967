import type { SignUpMode } from '../../core/domain/people/sign-up.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { MemberPlanning } from '../../core/management/member-plan.ts';
import type { AddresseeStore } from '../../core/store/addressee-store.ts';
import type { ApprovalStore } from '../../core/store/approval-store.ts';
import type { MailStore } from '../../core/store/mail-store.ts';
import type { SessionStore } from '../../core/store/session-store.ts';

/** Where it stands what people are mailed. */
export interface MailSettings {
  readonly addressees: AddresseeStore;
  readonly mails: Pick<MailStore, 'suppression'>;
}

/** What operations on people need. */
export interface MemberDependencies extends HandlerDependencies, MemberPlanning {
  /** Absent where nobody is mailed. */
  readonly mailSettings?: MailSettings | undefined;
  readonly sessions: SessionStore;
  readonly signUpMode: SignUpMode;
  readonly approvals: ApprovalStore;
}
