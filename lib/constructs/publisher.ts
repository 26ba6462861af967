import { Duration, Stack } from 'aws-cdk-lib';
import {
  type EventSourceMappingOptions,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { publisherRoleName } from '../../core/contract/audit-policy.ts';
import { ENV, LAST_EVENT, RESOURCE } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import { allowPublisher } from './audit-permissions.ts';
import { KeywrightFunction } from './function.ts';
import { grant } from './grant.ts';
import type { ControlStore } from './store.ts';
import { suppress } from './suppression.ts';

/** ARNs of the streams of the tables whose items bring events. */
export interface EventStreams {
  readonly main: string;
  readonly regional: string;
}

interface PublisherProps {
  readonly config: KeywrightConfig;
  readonly store: ControlStore;
  readonly streams: EventStreams;
}

/**
 * Carries each event from the tables' streams to the audit table and the bus, at least once and in order
 * per credential. An event that can't be published for what it is goes to the queue `setAside` after some
 * tries, whole, and its lane goes on. While something that publishing depends on is away the lane waits, for
 * twelve hours; then a record leaves its position among the dead letters, and the stream keeps it for twelve
 * hours more, in which an operator can publish it by hand.
 */
export class Publisher extends Construct {
  readonly function: KeywrightFunction;
  readonly deadLetters: Queue;
  readonly setAside: Queue;

  constructor(scope: Construct, id: string, { config, store, streams }: PublisherProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'publisher',
      description: 'Keywright: audit events from the stream to audit table and bus',
      memoryMiB: 512,
      timeoutSeconds: 60,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
      roleName: publisherRoleName(Stack.of(this).region),
      reservedConcurrency: config.reservedConcurrency.publisher,
    });
    const wasCopy = config.moved !== null;
    allowPublisher(this.function, store, { streamArns: Object.values(streams), wasCopy });
    this.function.addEnvironment(ENV.auditRetentionDays, String(config.auditRetentionDays));
    this.function.addEnvironment(ENV.anchorArchive, String(config.auditArchive !== null));
    // It holds positions in the stream and no data, so SQS's own key is enough.
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.setAside = this.#setAsideQueue();
    const withEvent = FilterCriteria.filter({
      dynamodb: { NewImage: { [LAST_EVENT]: { M: { id: { S: FilterRule.exists() } } } } },
    });
    // What somebody else writes or deletes of these brings no event, and is to be told all the same.
    const explained = ['CRED#', 'API#'].map((kind) =>
      FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.beginsWith(kind) } } } }),
    );
    this.#follow('Stream', streams.main, [withEvent, ...explained]);
    this.#follow('RegionalStream', streams.regional, [withEvent]);
    suppress(this.deadLetters, {
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: of streams, which the rule does not see.',
    });
  }

  #follow(
    id: string,
    eventSourceArn: string,
    filters: NonNullable<EventSourceMappingOptions['filters']>,
  ): void {
    this.function.addEventSourceMapping(id, {
      eventSourceArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Batches of one shard run side by side; those of one item stay in order.
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // Retried as often as it takes until then.
      maxRecordAge: Duration.hours(12),
      onFailure: new SqsDlq(this.deadLetters),
      filters,
    });
  }

  /** It holds events: names, addresses and public ids, no key. */
  #setAsideQueue(): Queue {
    const queue = new Queue(this, 'SetAside', {
      queueName: RESOURCE.setAsideEvents,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.function.addEnvironment(ENV.setAsideQueue, queue.queueUrl);
    grant(this.function, ['sqs:SendMessage'], [queue.queueArn]);
    suppress(queue, {
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: of the publisher itself.',
    });
    return queue;
  }
}
