import { Duration } from 'aws-cdk-lib';
import { type Alarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { RESOURCE, REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import { otherRegions } from '../config.ts';
import { addAlarm } from './alarms.ts';
import type { SightingRelay } from './sighting-relay.ts';
import { addDecisionAlarms, addUsageAlarms } from './system-alarms.ts';
import type { UsageConsumer } from './usage-consumer.ts';

/** Alarms of a request plane beside the main one, which ring in its own Region. */
export function addRegionAlarms(
  scope: Construct,
  topic: Topic,
  { relay, usage }: { readonly relay: SightingRelay; readonly usage: UsageConsumer },
): Alarm[] {
  return [
    ...addDecisionAlarms(scope, topic),
    ...addUsageAlarms(scope, topic, usage),
    addAlarm(scope, 'RelayLag', topic, {
      metric: relay.function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: Duration.minutes(1) }),
      above: 300_000,
      periods: 5,
      meaning: 'the main Region has not heard for five minutes of networks that were seen in this one.',
    }),
    addAlarm(scope, 'RelayDeadLetters', topic, {
      metric: relay.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning:
        'networks that were seen in this Region could not be told to the main one, and are not any more.',
    }),
  ];
}

/**
 * That changes reach each other Region in what a record's life leaves of the promise. It rings where the control
 * plane is: DynamoDB measures it there. A strongly consistent table has nothing to be measured: what did not reach the
 * others was not acknowledged.
 */
export function addReplicationAlarms(scope: Construct, topic: Topic, config: KeywrightConfig): Alarm[] {
  if (config.consistency === 'strong') return [];
  const seconds = REVOCATION_SECONDS - config.cacheSeconds;
  return otherRegions(config).map(({ region }, i) =>
    addAlarm(scope, `ReplicationLatency${i + 1}`, topic, {
      metric: new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'ReplicationLatency',
        dimensionsMap: { TableName: RESOURCE.table, ReceivingRegion: region },
        statistic: Stats.AVERAGE,
        period: Duration.minutes(1),
      }),
      above: seconds * 1000,
      periods: 3,
      meaning: `changes take more than ${seconds} seconds to reach ${region}: revocations hold there later than promised.`,
    }),
  );
}
