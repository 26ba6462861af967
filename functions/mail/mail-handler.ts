import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { EVENT_SOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { MailDependencies } from './dependencies.ts';
import { sendDigest } from './send-digest.ts';
import { tellEvent } from './tell-event.ts';

/** What a bus hands on. */
interface BusEvent {
  readonly source: string;
  readonly detail: unknown;
}

/** What SES says of a mail that came back or was complained of («Examples of event data that SES publishes»). */
interface MailEvent {
  readonly eventType: string;
  readonly bounce?: { readonly bounceType: string; readonly bouncedRecipients: readonly Address[] };
  readonly complaint?: { readonly complainedRecipients: readonly Address[] };
}

interface Address {
  readonly emailAddress: string;
}

/**
 * Takes events from the queue: Keywright's, to tell people of them, and SES's, of mails that came back. What fails is
 * delivered again and in the end lies among the dead letters; the others of its batch are dealt with. The schedule
 * calls it too, for the digest.
 */
export function mailHandler(dependencies: MailDependencies) {
  const { logger } = dependencies;
  return async (event: SQSEvent | { readonly Records?: never }): Promise<SQSBatchResponse | undefined> => {
    if (event.Records === undefined) {
      await sendDigest(dependencies);
      return undefined;
    }
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        await dealWith(JSON.parse(body) as BusEvent, dependencies);
      } catch (error) {
        logger.error('not mailed; it is tried again', { messageId, error: error as Error });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function dealWith({ source, detail }: BusEvent, dependencies: MailDependencies): Promise<void> {
  if (source === EVENT_SOURCE) return tellEvent(detail as AuditEvent, dependencies);
  if (source === 'aws.ses') return suppressAddresses(detail as MailEvent, dependencies);
  throw new Error(`an event of ${source}, which nobody asked for`);
}

/** A full mailbox or a server that is away is no reason to stop; an address that is none, or somebody’s wish, is. */
async function suppressAddresses(
  { eventType, bounce, complaint }: MailEvent,
  { mails, now, logger }: MailDependencies,
): Promise<void> {
  const bounced = bounce?.bounceType === 'Permanent' ? bounce.bouncedRecipients : [];
  const all = [
    ...bounced.map(({ emailAddress }) => [emailAddress, 'bounce'] as const),
    ...(complaint?.complainedRecipients ?? []).map(
      ({ emailAddress }) => [emailAddress, 'complaint'] as const,
    ),
  ];
  for (const [address, reason] of all) await mails.suppress(address, reason, now());
  logger.warn('mails came back', { eventType, suppressed: all.length });
}
