import { randomBytes } from 'node:crypto';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import engine from 'dynalite/db/index.js';

/** An item as it stands on the wire and in the database: `{ name: { S: 'x' } }`. */
export type Item = Record<string, AttributeValue>;

/** What of an item its stream records carry. */
export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** One write of one item; `after` is undefined when it deleted the item. */
export interface Change {
  readonly keys: Item;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** True when time-to-live deleted the item and no caller did. */
  readonly expired: boolean;
}

/** A stream record without the ARN of its stream, which its reader knows. */
export type StoredRecord = Omit<DynamoDBRecord, 'eventSourceARN'>;

/** False for a write that left the item as it was: DynamoDB writes no stream record for those. */
export function changesItem({ before, after }: Change): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return !sameItem(before, after);
}

/** The stream record of a change, as a Lambda function receives it. */
export function streamRecord(
  change: Change,
  stream: { viewType: StreamViewType; sequenceNumber: string; region: string; now: Date },
): StoredRecord {
  const images = {
    ...(change.after && /^NEW/.test(stream.viewType) && { NewImage: change.after }),
    ...(change.before && /OLD_IMAGE/.test(stream.viewType) && { OldImage: change.before }),
  };
  const sizes = [change.keys, ...Object.values(images)].map((image) => engine.itemSize(image));
  return {
    eventID: randomBytes(16).toString('hex'),
    eventName: change.before === undefined ? 'INSERT' : change.after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: stream.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(stream.now.getTime() / 1000),
      Keys: change.keys,
      ...images,
      SequenceNumber: stream.sequenceNumber,
      SizeBytes: sizes.reduce((sum, size) => sum + size, 0),
      StreamViewType: stream.viewType,
    },
    ...(change.expired && {
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    }),
  };
}

function sameItem(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [left, right] = [a[name], b[name]];
      return left !== undefined && right !== undefined && sameValue(left, right);
    })
  );
}

function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (a.M && b.M) return sameItem(a.M, b.M);
  if (a.L && b.L) {
    const other = b.L;
    return (
      a.L.length === other.length && a.L.every((value, i) => sameValue(value, other[i] as AttributeValue))
    );
  }
  const [left, right] = [a.SS ?? a.NS ?? a.BS, b.SS ?? b.NS ?? b.BS];
  if (left && right) return typeName(a) === typeName(b) && sameMembers(left, right);
  const type = typeName(a);
  return type === typeName(b) && a[type] === b[type];
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  const members = new Set(b);
  return a.length === b.length && a.every((member) => members.has(member));
}

function typeName(value: AttributeValue): keyof AttributeValue {
  return Object.keys(value)[0] as keyof AttributeValue;
}
