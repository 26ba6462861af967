import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { LAST_EVENT } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { compositeKey } from '../../core/domain/composite-key.ts';
import { type AttributeValue, fromAttributes } from '../../core/store/attribute-value.ts';
import type { Delivery } from './publish-events.ts';

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
 * The event that a stream record brings: the item's last one, when this write put it there. Undefined for
 * writes without an event (a rewritten digest) and for removals (an item whose time to live had ended).
 * @throws Error when what stands in the event's place is no event
 */
export function deliveryOf(record: DynamoDBRecord): Delivery | undefined {
  const { NewImage, OldImage, Keys, SequenceNumber } = record.dynamodb ?? {};
  const event = lastEventOf(NewImage);
  if (event === undefined || (event.id !== undefined && event.id === lastEventOf(OldImage)?.id))
    return undefined;
  const parsed = passableSchema.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${LAST_EVENT} is no audit event: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return {
    event: parsed.data as unknown as AuditEvent,
    item: compositeKey(Keys?.pk?.S, Keys?.sk?.S),
    sequenceNumber: SequenceNumber ?? '',
  };
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

function lastEventOf(image: Image): { id?: unknown } | undefined {
  const attribute = image?.[LAST_EVENT];
  if (attribute === undefined) return undefined;
  return Object(fromAttributes({ event: attribute as AttributeValue }).event);
}
