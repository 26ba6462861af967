import { Duration } from 'aws-cdk-lib';
import { type EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../core/contract/deployment.ts';
import type { EventType } from '../../core/contract/events.ts';
import type { KeywrightConfig } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import { allowUsagePlanKeyRemoval } from './usage-plan-permissions.ts';

interface UsagePlanKeysProps {
  readonly config: KeywrightConfig;
  readonly bus: EventBus;
}

/** After these a credential works no more, for good. */
const ENDS: readonly EventType[] = [
  'apiKey.revoked',
  'apiKey.expired',
  'subscription.cancelled',
  'subscription.rejected',
];

const LEAK: EventType = 'apiKey.leaked';

/**
 * Deletes the API Gateway keys of credentials that have ended, so that they count no longer towards the
 * account's 10,000. Authorizers refuse such credentials without it.
 */
export class UsagePlanKeys extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, bus }: UsagePlanKeysProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'usage-plan-keys',
      description: 'Keywright: deletes API Gateway keys of ended credentials',
      memoryMiB: 256,
      timeoutSeconds: 30,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    allowUsagePlanKeyRemoval(this.function);
    const source = [EVENT_SOURCE];
    const patterns: Record<string, EventPattern> = {
      Ended: { source, detailType: [...ENDS] },
      // A leak is an event of its own, whatever became of the key by it.
      Leaked: { source, detailType: [LEAK], detail: { data: { response: ['keyRevoked'] } } },
    };
    for (const [name, eventPattern] of Object.entries(patterns)) {
      new Rule(this, name, {
        description: 'Keywright: ends of credentials to the function that deletes their API Gateway keys',
        eventBus: bus,
        eventPattern,
        targets: [new LambdaTarget(this.function, { maxEventAge: Duration.hours(6), retryAttempts: 10 })],
      });
    }
  }
}
