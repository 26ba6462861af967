import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { AuditEvent, EventType } from '../../core/contract/events.ts';
import { canonicalJson } from '../../core/domain/ground/canonical-json.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import type { Digest } from '../../core/domain/keys/pepper.ts';

/** An item as an image of the stream holds it, as far as it is looked at. */
export interface Image {
  readonly tenantId?: string;
  readonly keyId?: string;
  readonly subscriptionId?: string;
  readonly apiId?: string;
  readonly digests?: Readonly<Record<string, Digest>>;
  readonly clientKey?: { readonly digest?: Digest };
}

/** The event that a write brought with it, whatever it is. */
type Beside = { readonly type?: unknown; readonly data?: unknown } | undefined;

/** What may bring about other digests. An update does so only where it says that it renewed one. */
const EXPLAINING: ReadonlySet<unknown> = new Set<EventType>([
  'apiKey.created',
  'apiKey.rotated',
  'apiKey.overlapEnded',
  'apiKey.revoked',
  'apiKey.expired',
  'apiKey.leaked',
  'subscription.requested',
  'subscription.keyRegenerated',
  'subscription.rejected',
  'subscription.cancelled',
  'api.created',
  'clientKey.regenerated',
]);

/**
 * The event `apiKey.digestsChanged` of a stream record that changed what a credential or a client key is
 * verified by, where the event of the same write does not explain it: somebody wrote past Keywright. The
 * same for the same record, so that it is kept once.
 */
export function unexplainedChange(
  record: DynamoDBRecord,
  before: Image | undefined,
  after: Image | undefined,
  beside: Beside,
): AuditEvent | undefined {
  const secrets = changedSecrets(verifiersOf(before), verifiersOf(after));
  if (secrets.length === 0 || explains(beside, secrets)) return undefined;
  const image = after ?? before ?? {};
  const { ApproximateCreationDateTime = 0, SequenceNumber = '' } = record.dynamodb ?? {};
  const time = new Date(ApproximateCreationDateTime * 1000);
  const named = createHash('sha256').update(`${record.eventSourceARN} ${SequenceNumber}`).digest();
  return {
    id: eventId(time, (count) => named.subarray(0, count)),
    version: 1,
    type: 'apiKey.digestsChanged',
    time: time.toISOString(),
    tenantId: image.tenantId ?? null,
    actor: { type: 'system', id: 'keywright' },
    subject: subjectOf(image, record),
    data: { secrets, beside: typeof beside?.type === 'string' ? beside.type : null },
    requestId: record.eventID ?? SequenceNumber,
  };
}

/** What verifies a credential's keys or an API's client key, by secret, slot or `clientKey`. */
function verifiersOf({ digests, clientKey }: Image = {}): ReadonlyMap<string, string> {
  const all = Object.entries({ ...digests, ...(clientKey?.digest && { clientKey: clientKey.digest }) });
  return new Map(all.map(([id, digest]) => [id, canonicalJson(digest)]));
}

function changedSecrets(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids].filter((id) => before.get(id) !== after.get(id)).sort();
}

function explains(event: Beside, secrets: readonly string[]): boolean {
  if (event?.type !== 'apiKey.updated') return EXPLAINING.has(event?.type);
  const { secret } = Object(event.data) as { secret?: unknown };
  return secrets.length === 1 && secrets[0] === secret;
}

function subjectOf({ keyId, subscriptionId, apiId }: Image, record: DynamoDBRecord): AuditEvent['subject'] {
  if (subscriptionId !== undefined) return { type: 'subscription', id: subscriptionId };
  if (apiId !== undefined) return { type: 'api', id: apiId };
  // An item that was made up may name no key: then it is named by its place.
  return { type: 'apiKey', id: keyId ?? record.dynamodb?.Keys?.pk?.S ?? '' };
}
