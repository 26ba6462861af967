import type { CfnStage, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { CfnStage as CfnHttpStage, IHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accessLogGroup, accessLogOf, fileLineOf } from './access-log.ts';
import type { KeywrightAuthorizer } from './authorizer.ts';
import { usageFileNames } from './usage-files.ts';
import { RefusalSubscription, type SubscriptionProps, UsageSubscription } from './usage-subscription.ts';

export interface KeywrightUsageProps extends SubscriptionProps {
  /** The API's authorizer: its log says what was refused before anybody was identified. */
  readonly authorizer: KeywrightAuthorizer;
  /** A REST API's stage: `api.deploymentStage`. */
  readonly restStage?: Stage | undefined;
  /** An HTTP API's stage: `api.defaultStage`. */
  readonly httpStage?: IHttpStage | undefined;
  /** Default: 90. */
  readonly logRetentionDays?: number;
  /**
   * Whether a REST API's lines go straight to the files of `files`, past CloudWatch Logs: cheaper, and there is no log
   * group to look into. HTTP APIs have no such way. Default: false.
   */
  readonly straightToFiles?: boolean;
}

/**
 * An API's requests counted: the stage gets an access log in the format that counts are made from, in place of any that
 * it has, and Keywright reads it.
 */
export class KeywrightUsage extends Construct {
  /** Undefined where lines go straight to files. */
  readonly accessLog: LogGroup | undefined;

  constructor(scope: Construct, id: string, props: KeywrightUsageProps) {
    super(scope, id);
    const { authorizer, restStage, httpStage, straightToFiles = false, ...others } = props;
    const { logRetentionDays = 90, ...subscription } = others;
    if ((restStage === undefined) === (httpStage === undefined))
      throw new Error(
        'Expected one of restStage and httpStage: the stage whose requests are counted. An API without a stage of its own has none.',
      );
    if (straightToFiles) {
      this.#straightToFiles(props);
      return;
    }
    this.accessLog = accessLogGroup(this, 'AccessLog', logRetentionDays);
    const destinationArn = this.accessLog.logGroupArn;
    if (restStage !== undefined) {
      const stage = restStage.node.defaultChild as CfnStage;
      stage.accessLogSetting = { destinationArn, format: accessLogOf('rest', authorizer.apiId) };
    } else if (httpStage !== undefined) {
      const stage = httpStage.node.defaultChild as CfnHttpStage;
      stage.accessLogSettings = { destinationArn, format: accessLogOf('http', authorizer.apiId) };
    }
    new UsageSubscription(this, 'Subscription', {
      accessLog: this.accessLog,
      authorizer,
      ...subscription,
    });
  }

  #straightToFiles({ authorizer, restStage, files = false }: KeywrightUsageProps): void {
    if (restStage === undefined || !files)
      throw new Error('straightToFiles is for a restStage, of an API whose Keywright has files: true.');
    const stage = restStage.node.defaultChild as CfnStage;
    stage.accessLogSetting = {
      destinationArn: usageFileNames(this).requestStreamArn,
      format: fileLineOf(authorizer.apiId),
    };
    // Where it is without that too, so that it stays the same one: two beside each other would count twice.
    const { logGroup } = authorizer.function;
    const subscription = new Construct(this, 'Subscription');
    new RefusalSubscription(subscription, 'Refusals', { logGroup, files });
  }
}
