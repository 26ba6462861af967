import { Fn } from 'aws-cdk-lib';
import { CfnSubscriptionFilter, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { KeywrightAuthorizer } from './authorizer.ts';
import { EXPORTS } from './store.ts';

interface SubscriptionProps {
  /** Default: the Keywright deployed in this account and Region. */
  readonly consumerArn?: string;
}

export interface RefusalSubscriptionProps extends SubscriptionProps {
  /** Log group of a function that decides on requests: an authorizer, or a backend whose guard has an `apiId`. */
  readonly logGroup: ILogGroup;
}

/**
 * A function's refusals counted by network, by the key that was named and, where a key was verified, by cause for
 * its owner, and watched for bursts of them; and the requests that were decided there alone, without an access
 * log, counted as an API's are. Takes one of the two subscriptions that a log group can have.
 */
export class RefusalSubscription extends Construct {
  constructor(scope: Construct, id: string, { logGroup, consumerArn }: RefusalSubscriptionProps) {
    super(scope, id);
    new CfnSubscriptionFilter(this, 'Filter', {
      logGroupName: logGroup.logGroupName,
      filterPattern: '{ ($.message = "request refused") || ($.message = "key used") }',
      destinationArn: consumerArn ?? Fn.importValue(EXPORTS.usageConsumerArn),
    });
  }
}

export interface UsageSubscriptionProps extends SubscriptionProps {
  /** The log group of the API's access log, whose format is one of ACCESS_LOG. */
  readonly accessLog: ILogGroup;
  /** The API's authorizer: its log says what was refused before anybody was identified. */
  readonly authorizer: KeywrightAuthorizer;
}

/** An API's requests counted for GET /v1/usage. Takes one of the two subscriptions that a log group can have. */
export class UsageSubscription extends Construct {
  constructor(scope: Construct, id: string, { accessLog, authorizer, ...props }: UsageSubscriptionProps) {
    super(scope, id);
    new CfnSubscriptionFilter(this, 'Requests', {
      logGroupName: accessLog.logGroupName,
      filterPattern: '',
      destinationArn: props.consumerArn ?? Fn.importValue(EXPORTS.usageConsumerArn),
    });
    new RefusalSubscription(this, 'Refusals', { logGroup: authorizer.function.logGroup, ...props });
  }
}
