import type { CfnStage, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { CfnStage as CfnHttpStage, IHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ACCESS_LOG, accessLogGroup } from './access-log.ts';
import type { KeywrightAuthorizer } from './authorizer.ts';
import { type SubscriptionProps, UsageSubscription } from './usage-subscription.ts';

export interface KeywrightUsageProps extends SubscriptionProps {
  /** The API's authorizer: its log says what was refused before anybody was identified. */
  readonly authorizer: KeywrightAuthorizer;
  /** A REST API's stage: `api.deploymentStage`. */
  readonly restStage?: Stage | undefined;
  /** An HTTP API's stage: `api.defaultStage`. */
  readonly httpStage?: IHttpStage | undefined;
  /** Default: 90. */
  readonly logRetentionDays?: number;
}

/**
 * An API's requests counted: the stage gets an access log in the format that counts are made from, in place of any that
 * it has, and Keywright reads it.
 */
export class KeywrightUsage extends Construct {
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: KeywrightUsageProps) {
    super(scope, id);
    const { authorizer, restStage, httpStage, logRetentionDays = 90, ...subscription } = props;
    if ((restStage === undefined) === (httpStage === undefined))
      throw new Error(
        'Expected one of restStage and httpStage: the stage whose requests are counted. An API without a stage of its own has none.',
      );
    this.accessLog = accessLogGroup(this, 'AccessLog', logRetentionDays);
    const destinationArn = this.accessLog.logGroupArn;
    if (restStage !== undefined) {
      const stage = restStage.node.defaultChild as CfnStage;
      stage.accessLogSetting = { destinationArn, format: ACCESS_LOG.rest };
    } else if (httpStage !== undefined) {
      const stage = httpStage.node.defaultChild as CfnHttpStage;
      stage.accessLogSettings = { destinationArn, format: ACCESS_LOG.http };
    }
    new UsageSubscription(this, 'Subscription', {
      accessLog: this.accessLog,
      authorizer,
      ...subscription,
    });
  }
}
