import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { LAST_EVENT } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { compositeKey } from '../../core/domain/ground/composite-key.ts';
import { type AttributeValue, fromAttributes } from '../../core/store/attribute-value.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { type Counted, countedOf } from '../../core/store/summary-store.ts';
import type { Arrival, Delivery } from './publish-events.ts';
import { SET_ASIDE_SOURCE } from './set-aside.ts';
import { type Image, unexplainedChange } from './unexplained-change.ts';

const text = z.string().min(1);

/**
 * As much of an event as keeping and sending it depends on. Types, subjects and fields that a newer writer
 * knows pass as they are: for as long as a deployment or its rollback takes, this version of the publisher
 * may not be the newest.
 */
const passableSchema = z.looseObject({
  id: z.uuid(),
  version: z.literal(1),
  type: z.string().regex(/^[a-zA-Z]+\.[a-zA-Z]+$/),
  time: z.iso.datetime(),
  tenantId: text.nullable(),
  actor: z.looseObject({ type: text, id: text }),
  subject: z.looseObject({ type: text, id: text }),
  data: z.record(z.string(), z.unknown()),
  requestId: z.string(),
});

/** Hears of an event that its item can't have: it is neither kept nor sent. */
export type OnForged = (forged: { readonly item: string; readonly type: string }) => void;

/**
 * What a stream record brings: the item's last event, when this write put it there, or what stands in its place
 * and is none; and the event of a change of digests that it doesn't explain. None for other writes and for
 * removals of other items (whose time to live had ended).
 */
export function arrivalsOf(record: DynamoDBRecord, onForged: OnForged = () => undefined): Arrival[] {
  const { NewImage, OldImage, Keys, SequenceNumber } = record.dynamodb ?? {};
  const [before, after] = [itemOf(OldImage), itemOf(NewImage)];
  const written = newEvent(before, after);
  const place = { pk: Keys?.pk?.S ?? '', sk: Keys?.sk?.S ?? '' };
  const isForged = written.event !== undefined && !canBring(place.pk, written.event);
  if (isForged) onForged({ item: place.pk, type: String(written.event?.type) });
  const isBroughtBack = record.eventSource === SET_ASIDE_SOURCE;
  const own = isForged ? {} : isBroughtBack ? late(written) : written;
  const common = {
    place,
    item: inOrderWith(place),
    sequenceNumber: SequenceNumber ?? '',
    ...(record.eventSourceARN !== undefined && { arn: record.eventSourceARN }),
    ...(isBroughtBack && { isBroughtBack }),
  };
  const unexplained = unexplainedChange(record, before, after, own.event);
  const found: readonly Found[] = [own, ...(unexplained === undefined ? [] : [{ event: unexplained }])];
  return found.filter((one) => 'event' in one || 'unreadable' in one).map((one) => ({ ...one, ...common }));
}

/** What the records' items count for in summaries, each as it was written last. */
export function countedIn(records: readonly DynamoDBRecord[]): Counted[] {
  const last = new Map<string, Counted>();
  for (const { dynamodb } of records) {
    const item = itemOf(dynamodb?.NewImage ?? dynamodb?.OldImage);
    const counted =
      item && countedOf({ ...item, pk: dynamodb?.Keys?.pk?.S }, dynamodb?.NewImage === undefined);
    if (counted !== undefined) last.set(counted.id, counted);
  }
  return [...last.values()];
}

/** Whose events are told in order: a credential's, those of its networks too, and otherwise one item's. */
function inOrderWith({ pk, sk }: { readonly pk: string; readonly sk: string }): string {
  const [kind, id = ''] = pk.split('#');
  const { credential } = itemKey;
  return kind === 'SEEN' ? compositeKey(credential(id).pk, credential(id).sk) : compositeKey(pk, sk);
}

export function isDelivery(arrival: Arrival): arrival is Delivery {
  return arrival.event !== undefined;
}

/** Why an event's place holds none: where and what. */
export function faultOf(unreadable: unknown): string {
  const [issue] = passableSchema.safeParse(unreadable).error?.issues ?? [];
  return `${LAST_EVENT} is no audit event: ${issue?.path.join('.')}: ${issue?.message}`;
}

/**
 * Whether an item can bring an event. What the request plane may write (sightings of networks, windows of limits,
 * aliases) is within reach of whoever takes an authorizer or a backend over: it speaks of its own credential's
 * new networks, or not at all, and of no revision, for it can make none.
 */
function canBring(pk: string, { type, actor, subject, revision }: AuditEvent): boolean {
  const [kind, id] = pk.split('#');
  if (kind === 'LIMIT') return false;
  if (kind === 'ALIAS') return type === 'apiKey.released' && revision === undefined;
  if (kind === 'GAP') return type === 'audit.gap' && revision === undefined;
  if (kind !== 'SEEN') return true;
  if (revision !== undefined) return false;
  const isOwn = subject.id === `${subject.type === 'subscription' ? 'sub' : 'key'}_${id}`;
  return type === 'apiKey.usedFromNewIp' && isOwn && actor.type === 'apiKey' && actor.id === subject.id;
}

type Found = Pick<Arrival, 'event' | 'unreadable'>;

/** What comes back after others of its item says so. */
function late(found: Found): Found {
  return found.event === undefined ? found : { event: { ...found.event, late: true } };
}

function newEvent(before: Item | undefined, after: Item | undefined): Found {
  const [event, last] = [lastEventOf(after), lastEventOf(before)];
  if (event === undefined || (event.id !== undefined && event.id === last?.id)) return {};
  const parsed = passableSchema.safeParse(event);
  return parsed.success
    ? { event: parsed.data as unknown as AuditEvent }
    : { unreadable: after?.[LAST_EVENT] };
}

type Item = Image & { readonly [LAST_EVENT]?: unknown };

function itemOf(image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Item | undefined {
  return image && fromAttributes(image as Record<string, AttributeValue>);
}

function lastEventOf(item: Item | undefined): { id?: unknown } | undefined {
  const event = item?.[LAST_EVENT];
  return event === undefined ? undefined : Object(event);
}
