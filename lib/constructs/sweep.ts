import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { type KeywrightConfig, otherRegions } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import type { Store } from './store.ts';
import { allowSweep, type QueueElsewhere } from './watch-permissions.ts';

interface SweepProps {
  readonly config: KeywrightConfig;
  readonly store: Store;
  /** Log lines that could not be counted: while there are any, silence is not known. */
  readonly lostLines: Queue;
}

/** The queues of the other Regions' consumers, which have one name. */
function elsewhere(scope: Construct, config: KeywrightConfig): readonly QueueElsewhere[] {
  const { account, urlSuffix } = Stack.of(scope);
  return otherRegions(config).map(({ region }) => ({
    region,
    url: `https://sqs.${region}.${urlSuffix}/${account}/${RESOURCE.usageDeadLetters}`,
    arn: Stack.of(scope).formatArn({ service: 'sqs', region, resource: RESOURCE.usageDeadLetters }),
  }));
}

/**
 * Notes what comes to pass by itself, every five minutes: keys that are about to end, have ended or are not
 * used, and approvals that lapse. A run that is missed or fails is made up for by the next one.
 */
export class Sweep extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, store, lostLines }: SweepProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'sweep',
      description: 'Keywright: notes what comes to pass by itself',
      memoryMiB: 1024,
      timeoutSeconds: 270,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    allowSweep(this.function, store, {
      lostLines,
      lostElsewhere: elsewhere(this, config),
      endsItems: config.consistency === 'strong',
    });
    new Rule(this, 'Schedule', {
      description: 'Keywright: note what has come to pass by itself',
      schedule: Schedule.rate(Duration.minutes(5)),
      // A run that fails is an error for the alarm; the next one comes soon enough.
      targets: [new LambdaFunction(this.function, { retryAttempts: 0 })],
    });
  }
}
