import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBRecord } from 'aws-lambda';
import type { AuditEvent } from '../../core/contract/events.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';

/** When all events happened. */
export const TIME = new Date('2026-11-22T12:00:00.000Z');

export function eventFor(tenantId: string | null, padding = ''): AuditEvent {
  return {
    id: eventId(TIME, randomBytes),
    version: 1,
    type: 'apiKey.updated',
    time: TIME.toISOString(),
    tenantId,
    actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
    subject: { type: 'apiKey', id: 'key_0123456789AB' },
    data: { to: { name: padding }, from: { list: [1, true, null] } },
    requestId: 'request-1',
  };
}

let sequence = 0;
/** What the main table's stream brings of a write to `item`. */
export function recordOf(item: string, newEvent: unknown, oldEvent?: unknown): DynamoDBRecord {
  sequence += 1;
  const image = (lastEvent: unknown) => toAttributes({ pk: item, sk: 'CRED', lastEvent }) as never;
  return {
    eventName: oldEvent === undefined ? 'INSERT' : 'MODIFY',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      Keys: { pk: { S: item }, sk: { S: 'CRED' } },
      SequenceNumber: String(sequence).padStart(12, '0'),
      NewImage: image(newEvent),
      ...(oldEvent !== undefined && { OldImage: image(oldEvent) }),
    },
  };
}

/** Where a test that is about something else has summaries kept. */
export const UNCOUNTED = { note: async () => undefined };

/** A queue for events that are set aside, in memory. */
export class MemoryQueue {
  /** The bodies of its messages. */
  readonly messages: string[] = [];
  /** Set where it takes none. */
  failure: Error | undefined;
  readonly place = {
    queueUrl: 'memory',
    sqs: async (_: string, input: object) => {
      if (this.failure !== undefined) throw this.failure;
      this.messages.push((input as { MessageBody: string }).MessageBody);
      return {};
    },
  };
}

/** A logger whose lines go to `log`. */
export function quietLogger(log: (line: string) => void = () => undefined): Logger {
  const listen = (line: unknown) => log(String(line));
  return Object.assign(new Logger(), { console: { error: listen, info: listen } });
}
