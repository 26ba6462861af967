import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { LAST_EVENT } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { type AttributeValue, fromAttributes } from '../../core/store/attribute-value.ts';
import type { Delivery } from './publish-events.ts';
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

/**
 * What a stream record brings: the item's last event, when this write put it there, and the event of a change
 * of digests that it doesn't explain. None for other writes and for removals of other items (whose time to
 * live had ended).
 * @throws Error when what stands in the event's place is no event
 */
export function deliveriesOf(record: DynamoDBRecord): Delivery[] {
  const { NewImage, OldImage, Keys, SequenceNumber } = record.dynamodb ?? {};
  const [before, after] = [itemOf(OldImage), itemOf(NewImage)];
  const event = newEvent(before, after);
  const events = [event, unexplainedChange(record, before, after, event)];
  const common = { item: `${Keys?.pk?.S} ${Keys?.sk?.S}`, sequenceNumber: SequenceNumber ?? '' };
  return events.flatMap((each) => (each === undefined ? [] : [{ event: each, ...common }]));
}

/** @throws Error when what stands in the event's place is no event */
function newEvent(before: Item | undefined, after: Item | undefined): AuditEvent | undefined {
  const [event, last] = [lastEventOf(after), lastEventOf(before)];
  if (event === undefined || (event.id !== undefined && event.id === last?.id)) return undefined;
  const parsed = passableSchema.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${LAST_EVENT} is no audit event: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data as unknown as AuditEvent;
}

type Item = Image & { readonly [LAST_EVENT]?: unknown };

function itemOf(image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): Item | undefined {
  return image && fromAttributes(image as Record<string, AttributeValue>);
}

function lastEventOf(item: Item | undefined): { id?: unknown } | undefined {
  const event = item?.[LAST_EVENT];
  return event === undefined ? undefined : Object(event);
}
