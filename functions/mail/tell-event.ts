import type { AuditEvent } from '../../core/contract/events.ts';
import { type Recipient, recipientsOf } from '../../core/domain/mail/addressee.ts';
import { invitationLetter, letterOf, signUpLetter } from '../../core/domain/mail/letter.ts';
import { mailBody } from '../../core/domain/mail/mail-body.ts';
import { type Notice, noticeOf } from '../../core/domain/mail/notice.ts';
import { isOpen, newToken } from '../../core/domain/tenants/invitation.ts';
import { deliver, deliverAll } from './deliver.ts';
import type { MailDependencies } from './dependencies.ts';

/** What is older comes from the archive, or was held up: nobody is to be told of it as of news. */
const OLDEST_MILLISECONDS = 3 * 86_400_000;

/**
 * Tells people of an event, or keeps it for the day's digest.
 * @throws Error when somebody could not be told; a repeat tells only those who were not
 */
export async function tellEvent(event: AuditEvent, dependencies: MailDependencies): Promise<void> {
  const { subjects, mails, sender, now, logger } = dependencies;
  if (now().getTime() - Date.parse(event.time) > OLDEST_MILLISECONDS) {
    logger.warn('not mailed: the event is too old', { id: event.id, type: event.type });
    return;
  }
  if (event.type === 'member.invited') return mailInvitation(event, dependencies);
  if (event.type === 'signUp.approved' || event.type === 'signUp.rejected') {
    return mailApplicant(event, dependencies);
  }
  const subject = await subjects.subjectOf(event);
  const notice = noticeOf(event, subject);
  if (notice === undefined) return;
  if (notice.when === 'daily') {
    const { network } = event.data;
    await mails.addToDigest(event, typeof network === 'string' ? network : undefined);
    return;
  }
  const recipients = await recipientsOfNotice(notice, dependencies);
  if (recipients.length === 0) return;
  const tenantName = event.tenantId === null ? undefined : await subjects.tenantName(event.tenantId);
  const body = mailBody(letterOf(event, { subject, tenantName }), sender);
  await deliverAll(event.id, recipients, () => body, dependencies);
}

/** Who is told of a notice, by what they are at this moment. */
export async function recipientsOfNotice(
  notice: Notice,
  { members, addressees, now }: Pick<MailDependencies, 'members' | 'addressees' | 'now'>,
): Promise<readonly Recipient[]> {
  const team = notice.tenantId === null ? undefined : await members.team(notice.tenantId);
  const subs = team?.members.map(({ sub }) => sub) ?? [];
  const known = [...(await addressees.withRole()), ...(await addressees.of(subs))];
  return recipientsOf(notice, team, known, now());
}

/**
 * Mails an invitation. Its token is made here, and is nowhere but in the mail: of each that was sent, the hash is
 * kept before it goes out, so that whichever mail arrives has a good one.
 */
async function mailInvitation(event: AuditEvent, dependencies: MailDependencies): Promise<void> {
  const { members, mails, subjects, sender, now, randomBytes } = dependencies;
  const tenantId = String(event.tenantId);
  const invitationId = event.subject.id;
  const { invitations } = await members.team(tenantId);
  const invitation = invitations.find((each) => each.invitationId === invitationId);
  // Accepted, or taken back; or its link was shown to who made it, before mails were sent.
  if (invitation === undefined || !isOpen(invitation, now()) || invitation.tokenHash !== undefined) return;
  const tenantName = await subjects.tenantName(tenantId);
  const write = async () => {
    const { token, tokenHash } = newToken({ tenantId, invitationId }, randomBytes);
    await mails.addToken(invitationId, tokenHash, new Date(invitation.expiresAt));
    return mailBody(invitationLetter(event, { subject: {}, tenantName }, token), sender);
  };
  await deliver(event.id, { email: invitation.email, chosenAt: undefined }, write, dependencies);
}

/** Tells who signed up what became of it. */
async function mailApplicant(event: AuditEvent, dependencies: MailDependencies): Promise<void> {
  const { subjects, sender } = dependencies;
  const { email, tenantId } = event.data as { email: string; tenantId?: string };
  const tenantName = tenantId === undefined ? undefined : await subjects.tenantName(tenantId);
  const body = mailBody(signUpLetter(event, { subject: {}, tenantName }), sender);
  await deliver(event.id, { email, chosenAt: undefined }, () => body, dependencies);
}
