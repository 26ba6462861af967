import type { DynamoDBRecord } from 'aws-lambda';
import { LAST_EVENT } from '../../core/contract/deployment.ts';
import { type AttributeValue, fromAttributes } from '../../core/store/attribute-value.ts';
import { auditEventSchema } from '../../core/store/audit-event-schema.ts';
import type { Delivery } from './publish-events.ts';

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
  const parsed = auditEventSchema.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${LAST_EVENT} is no audit event: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return {
    event: parsed.data,
    item: `${Keys?.pk?.S} ${Keys?.sk?.S}`,
    sequenceNumber: SequenceNumber ?? '',
  };
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

function lastEventOf(image: Image): { id?: unknown } | undefined {
  const attribute = image?.[LAST_EVENT];
  if (attribute === undefined) return undefined;
  return Object(fromAttributes({ event: attribute as AttributeValue }).event);
}
