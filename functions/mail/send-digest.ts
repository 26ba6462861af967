import type { AuditEvent } from '../../core/contract/events.ts';
import type { Recipient } from '../../core/domain/mail/addressee.ts';
import { type DigestPart, digestLetter, digestLine } from '../../core/domain/mail/letter.ts';
import { mailBody } from '../../core/domain/mail/mail-body.ts';
import { noticeOf } from '../../core/domain/mail/notice.ts';
import { deliverAll } from './deliver.ts';
import type { MailDependencies } from './dependencies.ts';
import { recipientsOfNotice } from './tell-event.ts';

const DAY_MILLISECONDS = 86_400_000;
/** When the digest of the day before goes out at the earliest, hours after midnight UTC: late events are in by then. */
const HOUR = 5;
const EVERYBODY = 'everybody';

interface Digest extends Recipient {
  readonly parts: Map<string, DigestPart & { readonly lines: string[] }>;
}

/**
 * Mails the digest of the day before yesterday's midnight to now's, to everybody who has something in it, once. A run
 * that is missed or cut off is made up for by the next one.
 * @throws Error when somebody could not be mailed
 */
export async function sendDigest(dependencies: MailDependencies): Promise<void> {
  const { mails, now, sender } = dependencies;
  const time = now();
  if (time.getUTCHours() < HOUR) return;
  const day = new Date(time.getTime() - DAY_MILLISECONDS).toISOString().slice(0, 10);
  const about = `digest-${day}`;
  if ((await mails.claim(about, EVERYBODY, time)) !== 'claimed') return;
  const digests = await digestsOf(day, dependencies);
  try {
    await deliverAll(
      about,
      digests,
      ({ parts }) => mailBody(digestLetter(day, [...parts.values()]), sender),
      dependencies,
    );
  } catch (error) {
    await mails.release(about, EVERYBODY);
    throw error;
  }
  await mails.noteSent(about, EVERYBODY, now());
}

/** What each person is told of a day, by what the person is at this moment. */
async function digestsOf(day: string, dependencies: MailDependencies): Promise<readonly Digest[]> {
  const { mails, subjects } = dependencies;
  const digests = new Map<string, Digest>();
  const names = new Map<string, string | undefined>();
  for await (const { event, networks } of mails.digest(day)) {
    const subject = await subjects.subjectOf(event);
    const notice = noticeOf(event, subject);
    if (notice === undefined || event.tenantId === null) continue;
    const { tenantId } = event;
    if (!names.has(tenantId)) names.set(tenantId, await subjects.tenantName(tenantId));
    const lines = eventsOf(event, networks).map((each) => digestLine(each, subject));
    for (const recipient of await recipientsOfNotice(notice, dependencies)) {
      const digest = digests.get(recipient.sub) ?? { ...recipient, parts: new Map() };
      const part = digest.parts.get(tenantId) ?? { tenantId, tenantName: names.get(tenantId), lines: [] };
      part.lines.push(...lines);
      digest.parts.set(tenantId, part);
      digests.set(recipient.sub, digest);
    }
  }
  return [...digests.values()];
}

/** One for each network. */
function eventsOf(event: AuditEvent, networks: readonly string[]): readonly AuditEvent[] {
  if (networks.length === 0) return [event];
  return networks.map((network) => ({ ...event, data: { ...event.data, network } }));
}
