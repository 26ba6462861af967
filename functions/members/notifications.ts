import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { type Addressee, choose, isNoted, noted } from '../../core/domain/mail/addressee.ts';
import { NOTIFICATION_KINDS, settingsIn } from '../../core/domain/mail/notification-settings.ts';
import type { Person } from '../../core/domain/people/person.ts';
import { type Answer, type OperationRequest, tagged } from '../../core/management/operation.ts';
import type { memberSchemas, Notifications } from '../../core/management/schemas/member-schemas.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { MailSettings, MemberDependencies } from './dependencies.ts';

/** What a person is told by mail; everything is off where nobody is mailed. */
export async function getNotifications(
  { person }: OperationRequest<typeof memberSchemas.getNotifications>,
  { mailSettings, now }: MemberDependencies,
): Promise<Answer> {
  const { email } = noted(person.signedIn, now());
  if (mailSettings === undefined) return { status: 200, body: nothingIsMailed(email) };
  const known = await mailSettings.addressees.get(person.sub);
  return answerOf(known, email, { ...mailSettings, now: now() });
}

/** @throws DomainError `invalid_state` where nobody is mailed */
export async function putNotifications(
  { person, body, context }: OperationRequest<typeof memberSchemas.putNotifications>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  const { mailSettings } = dependencies;
  if (mailSettings === undefined) {
    throw new DomainError('invalid_state', 'This deployment sends no mails, so there is nothing to choose');
  }
  const { addressees } = mailSettings;
  const mails = { ...mailSettings, now: context.now };
  const { email } = noted(person.signedIn, context.now);
  const isStopped = (await stopOf(await addressees.get(person.sub), email, mails)) !== null;
  // There is something to change then, and a write of it depends on what was read.
  await addressees.note(person.signedIn, context.now);
  const attempt = async (before: Addressee, own: typeof context) => {
    const change = choose(before, body, own, isStopped);
    if (change === undefined) return before;
    await addressees.update(before, change);
    return change.state;
  };
  const before = (await addressees.get(person.sub)) as Addressee;
  const state = await decideUntilWritten(before, context, attempt, dependencies, { always: true });
  return answerOf(state, email, mails);
}

/** Notes who a person is, for who tells people by mail. What it is asked beside is answered whether that works or not. */
export async function noteAddressee(
  person: Person,
  { mailSettings, now, logger }: Pick<MemberDependencies, 'mailSettings' | 'now' | 'logger'>,
): Promise<void> {
  if (mailSettings === undefined) return;
  const { addressees } = mailSettings;
  try {
    if (!isNoted(person, await addressees.get(person.sub), now())) await addressees.note(person, now());
  } catch (error) {
    logger?.warn('a person could not be noted for mails', { error: error as Error });
  }
}

/** Mails, as they are at a time. */
type MailsAt = MailSettings & { readonly now: Date };

async function answerOf(known: Addressee | undefined, email: string | null, mails: MailsAt): Promise<Answer> {
  const stopped = await stopOf(known, email, mails);
  const body: Notifications = { ...settingsIn(known?.settings), available: true, address: email, stopped };
  return tagged(tagOf({ revision: known?.revision ?? 0 }), { status: 200, body });
}

async function stopOf(
  known: Addressee | undefined,
  email: string | null,
  { mails, now }: MailsAt,
): Promise<Notifications['stopped']> {
  const suppression = email === null ? undefined : await mails.suppression(email, now);
  if (suppression === undefined || suppression.at <= (known?.chosenAt ?? '')) return null;
  return { reason: suppression.reason === 'complaint' ? 'complaint' : 'bounce', at: suppression.at };
}

function nothingIsMailed(address: string | null): Notifications {
  const off = Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, 'off']));
  return { ...(off as ReturnType<typeof settingsIn>), available: false, address, stopped: null };
}
