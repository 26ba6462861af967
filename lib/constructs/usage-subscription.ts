import { Fn } from 'aws-cdk-lib';
import { CfnSubscriptionFilter, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { KeywrightAuthorizer } from './authorizer.ts';
import { EXPORTS } from './store.ts';

export interface UsageSubscriptionProps {
  /** The log group of the API's access log, whose format is one of ACCESS_LOG. */
  readonly accessLog: ILogGroup;
  /** The API's authorizer: its log says what was refused before anybody was identified. */
  readonly authorizer: KeywrightAuthorizer;
  /** Default: the Keywright deployed in this account and Region. */
  readonly consumerArn?: string;
}

/** An API's requests counted for GET /v1/usage. Takes one of the two subscriptions that a log group can have. */
export class UsageSubscription extends Construct {
  constructor(scope: Construct, id: string, { accessLog, authorizer, ...props }: UsageSubscriptionProps) {
    super(scope, id);
    const destinationArn = props.consumerArn ?? Fn.importValue(EXPORTS.usageConsumerArn);
    new CfnSubscriptionFilter(this, 'Requests', {
      logGroupName: accessLog.logGroupName,
      filterPattern: '',
      destinationArn,
    });
    new CfnSubscriptionFilter(this, 'Refusals', {
      logGroupName: authorizer.function.logGroup.logGroupName,
      filterPattern: '{ $.message = "request refused" }',
      destinationArn,
    });
  }
}
