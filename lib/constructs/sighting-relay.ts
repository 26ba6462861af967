import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import { allowSightingRelay } from './region-permissions.ts';
import { homeStore } from './store.ts';
import { suppress } from './suppression.ts';

export interface SightingRelayProps {
  readonly config: Pick<KeywrightConfig, 'logRetentionDays'>;
  /** The main Region. */
  readonly home: string;
  /** ARN of the KMS key of this Region's tables. */
  readonly keyArn: string;
  /** This Region's regional table. */
  readonly table: TableV2;
}

/**
 * Tells the main Region's regional table of networks that were seen in this one, so that each brings its event once,
 * whichever Region saw it first. While the main Region is away the stream keeps them for a day.
 */
export class SightingRelay extends Construct {
  readonly function: KeywrightFunction;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, home, keyArn, table }: SightingRelayProps) {
    super(scope, id);
    if (table.tableStreamArn === undefined) throw new Error(`${table.node.path} has no stream`);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'sighting-relay',
      description: 'Keywright: tells the main Region of networks that were seen in this one',
      memoryMiB: 256,
      timeoutSeconds: 60,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    const streamArn = table.tableStreamArn;
    allowSightingRelay(this.function, homeStore(this, home), { streamArn, keyArn });
    this.function.addEnvironment(ENV.mainRegion, home);
    // It holds positions in the stream and no data, so SQS's own key is enough.
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    suppress(this.deadLetters, {
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: of a stream, which the rule does not see.',
    });
    this.function.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: Duration.hours(23),
      onFailure: new SqsDlq(this.deadLetters),
      // Leases of limits are this Region's own business.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('SEEN#') } } },
        }),
      ],
    });
  }
}
