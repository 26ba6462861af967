import { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type Delivery, type Failure, type PublisherDependencies, publishEvents } from './publish-events.ts';
import { deliveriesOf, type OnForged } from './stream-record.ts';

/**
 * The handler of the main table's stream. It reports the first record that could not be published; Lambda
 * delivers from there again. A record that holds no valid event fails for ever: the event source's limit
 * of retries takes it to the dead-letter queue, after everything before it was published.
 */
export function publisherHandler(dependencies: PublisherDependencies, logger = new Logger()) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { deliveries, unreadable } = read(Records, (forged) =>
      logger.error('an event was passed over that its item can’t bring: somebody writes past Keywright', {
        ...forged,
      }),
    );
    const { failure = unreadable, heads } = await publishEvents(deliveries, dependencies);
    // Outside the table's reach: what a chain is compared with when somebody has had the table in hand.
    for (const head of heads) logger.info('audit chain head', { ...head });
    if (failure === undefined) return { batchItemFailures: [] };
    const { sequenceNumber, cause } = failure;
    logger.error('publishing stopped at a record', {
      sequenceNumber,
      error: cause instanceof Error ? cause : new Error(String(cause)),
    });
    return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
  };
}

/** The events up to the first record that can't be read. */
function read(
  records: readonly DynamoDBRecord[],
  onForged: OnForged,
): { deliveries: Delivery[]; unreadable?: Failure } {
  const deliveries: Delivery[] = [];
  for (const record of records) {
    try {
      deliveries.push(...deliveriesOf(record, onForged));
    } catch (cause) {
      return { deliveries, unreadable: { sequenceNumber: record.dynamodb?.SequenceNumber ?? '', cause } };
    }
  }
  return { deliveries };
}
