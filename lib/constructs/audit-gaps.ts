import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { KeywrightConfig } from '../config.ts';
import { allowAuditGaps } from './audit-permissions.ts';
import { KeywrightFunction } from './function.ts';
import type { Store } from './store.ts';

interface AuditGapsProps {
  readonly config: Pick<KeywrightConfig, 'logRetentionDays'>;
  readonly store: Store;
}

/**
 * Looks, every quarter of an hour, at a part of all items for changes whose events never reached the audit log.
 * A run that is missed or fails is made up for by the next one.
 */
export class AuditGaps extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, store }: AuditGapsProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'audit-gaps',
      description: 'Keywright: looks for changes that the audit log lacks',
      memoryMiB: 512,
      timeoutSeconds: 270,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    allowAuditGaps(this.function, store);
    new Rule(this, 'Schedule', {
      description: 'Keywright: look for changes that the audit log lacks',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [new LambdaFunction(this.function, { retryAttempts: 0 })],
    });
  }
}
