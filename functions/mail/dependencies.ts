import type { Logger } from '@aws-lambda-powertools/logger';
import type { Mailer } from '../../core/aws/ses-mailer.ts';
import type { RandomBytes } from '../../core/domain/ground/base62.ts';
import type { Sender } from '../../core/domain/mail/mail-body.ts';
import type { AddresseeStore } from '../../core/store/addressee-store.ts';
import type { MailStore } from '../../core/store/mail-store.ts';
import type { MemberStore } from '../../core/store/member-store.ts';
import type { SubjectReader } from '../../core/store/subject-reader.ts';

/** What telling people by mail needs. */
export interface MailDependencies {
  readonly members: Pick<MemberStore, 'team'>;
  readonly addressees: Pick<AddresseeStore, 'of' | 'withRole'>;
  readonly mails: MailStore;
  readonly subjects: SubjectReader;
  readonly mailer: Mailer;
  readonly sender: Sender;
  readonly now: () => Date;
  /** A cryptographically secure source. */
  readonly randomBytes: RandomBytes;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}
