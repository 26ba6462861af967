import { Fn } from 'aws-cdk-lib';
import { CfnSubscriptionFilter, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { KeywrightAuthorizer } from './authorizer.ts';
import { EXPORTS } from './store.ts';
import { usageFileNames } from './usage-files.ts';

export interface SubscriptionProps {
  /** Default: the Keywright deployed in this account and Region. */
  readonly consumerArn?: string;
  /** Whether the Keywright of this account and Region has `usageFiles` in its configuration. Default: false. */
  readonly files?: boolean;
}

export interface RefusalSubscriptionProps extends SubscriptionProps {
  /** Log group of a function that decides on requests: an authorizer, or a backend with a guard. */
  readonly logGroup: ILogGroup;
}

/**
 * A function's refusals counted by network, by the key that was named and, where a key was verified, by cause for
 * its owner; and watched for bursts of them. Takes one of the two subscriptions that a log group can have.
 */
export class RefusalSubscription extends Construct {
  constructor(scope: Construct, id: string, props: RefusalSubscriptionProps) {
    super(scope, id);
    subscribe(this, 'Filter', 'request refused', props);
  }
}

export interface UseSubscriptionProps extends SubscriptionProps {
  /** Log group of a function that decides on requests which no access log tells of: `verify`, a guard with an `apiId`. */
  readonly logGroup: ILogGroup;
}

/**
 * The requests that a function decided on counted as an API's are, for GET /v1/usage and last uses. Takes one of
 * the two subscriptions that a log group can have, `RefusalSubscription` the other.
 */
export class UseSubscription extends Construct {
  constructor(scope: Construct, id: string, props: UseSubscriptionProps) {
    super(scope, id);
    subscribe(this, 'Filter', 'key used', props);
  }
}

/** No line has two messages, so that none is counted twice. */
function subscribe(
  scope: Construct,
  id: string,
  message: 'request refused' | 'key used',
  { logGroup, ...props }: SubscriptionProps & { readonly logGroup: ILogGroup },
): void {
  new CfnSubscriptionFilter(scope, id, {
    logGroupName: logGroup.logGroupName,
    filterPattern: `{ $.message = "${message}" }`,
    ...destinationOf(scope, props),
  });
}

function destinationOf(scope: Construct, { consumerArn, files = false }: SubscriptionProps) {
  if (!files) return { destinationArn: consumerArn ?? Fn.importValue(EXPORTS.usageConsumerArn) };
  const { streamArn, roleArn } = usageFileNames(scope);
  return { destinationArn: streamArn, roleArn };
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
      ...destinationOf(this, props),
    });
    new RefusalSubscription(this, 'Refusals', { logGroup: authorizer.function.logGroup, ...props });
  }
}
