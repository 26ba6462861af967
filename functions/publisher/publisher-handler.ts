import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { METRIC } from '../../core/contract/deployment.ts';
import { type AnchorArchive, type AnchorSink, HeadAnchors } from './anchor-heads.ts';
import { type Delivery, type Failure, type PublisherDependencies, publishEvents } from './publish-events.ts';
import { deliveriesOf, type OnForged } from './stream-record.ts';

export interface PublisherHandlerDependencies extends PublisherDependencies {
  /** Where heads of chains are signed and kept. */
  readonly anchors: AnchorSink;
  /** Absent where audit events are not archived. */
  readonly anchorArchive?: AnchorArchive;
}

/**
 * The handler of the main table's stream. It reports the first record that could not be published; Lambda
 * delivers from there again. A record that holds no valid event fails for ever: the event source's limit
 * of retries takes it to the dead-letter queue, after everything before it was published.
 */
export function publisherHandler(
  dependencies: PublisherHandlerDependencies,
  logger = new Logger(),
  metrics = new Metrics(),
) {
  const anchors = new HeadAnchors(dependencies.anchors, dependencies.anchorArchive);
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { deliveries, unreadable } = read(Records, (forged) =>
      logger.error('an event was passed over that its item can’t bring: somebody writes past Keywright', {
        ...forged,
      }),
    );
    const { failure = unreadable, heads } = await publishEvents(deliveries, dependencies);
    const unanchored = await anchors.add(heads);
    for (const { tenantId, cause } of unanchored)
      logger.error('the head of an audit chain was not anchored', { tenantId, error: errorOf(cause) });
    if (unanchored.length > 0) {
      metrics.addMetric(METRIC.anchorsFailed, MetricUnit.Count, unanchored.length);
      metrics.publishStoredMetrics();
    }
    if (failure === undefined) return { batchItemFailures: [] };
    const { sequenceNumber, cause } = failure;
    logger.error('publishing stopped at a record', { sequenceNumber, error: errorOf(cause) });
    return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
  };
}

function errorOf(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
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
