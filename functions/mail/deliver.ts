import type { Recipient } from '../../core/domain/mail/addressee.ts';
import type { MailBody } from '../../core/domain/mail/mail-body.ts';
import type { MailDependencies } from './dependencies.ts';

type Delivering = Pick<MailDependencies, 'mails' | 'mailer' | 'now' | 'logger'>;

/** How many are mailed at once: SES lets a new account send 14 a second. */
const AT_ONCE = 5;

/**
 * Mails somebody of something, once: who was mailed of it is not mailed again, nor whom mails don't reach.
 * Cut off between sending and noting that, it is sent again by a later call.
 * @param about what it is, the same for every repeat
 * @param makeBody called only where it is sent
 * @returns whether it was sent now
 * @throws Error when it could not be sent, or somebody else is at it
 */
export async function deliver(
  about: string,
  { email, chosenAt }: Omit<Recipient, 'sub'>,
  makeBody: () => MailBody | Promise<MailBody>,
  { mails, mailer, now, logger }: Delivering,
): Promise<boolean> {
  const suppression = await mails.suppression(email, now());
  if (suppression !== undefined && suppression.at > (chosenAt ?? '')) {
    logger.info('not mailed: mails to this address have stopped', { about, reason: suppression.reason });
    return false;
  }
  const claim = await mails.claim(about, email, now());
  if (claim === 'sent') return false;
  if (claim === 'busy') throw new Error('another call is mailing this at the moment');
  try {
    await mailer.send(email, await makeBody());
  } catch (error) {
    // It would lapse by itself.
    await mails.release(about, email).catch(() => undefined);
    throw error;
  }
  await mails.noteSent(about, email, now());
  return true;
}

/**
 * Mails all of them, each alone: what fails for one stops no other.
 * @throws Error when somebody could not be mailed, once all others were
 */
export async function deliverAll<To extends Omit<Recipient, 'sub'>>(
  about: string,
  recipients: readonly To[],
  makeBody: (recipient: To) => MailBody,
  dependencies: Delivering,
): Promise<void> {
  const failures: unknown[] = [];
  let sent = 0;
  for (let i = 0; i < recipients.length; i += AT_ONCE) {
    const some = recipients.slice(i, i + AT_ONCE).map(async (recipient) => {
      try {
        if (await deliver(about, recipient, () => makeBody(recipient), dependencies)) sent += 1;
      } catch (error) {
        failures.push(error);
      }
    });
    await Promise.all(some);
  }
  dependencies.logger.info('mailed', { about, sent, failed: failures.length });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} could not be mailed`);
}
