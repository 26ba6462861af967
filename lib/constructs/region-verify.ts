import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { KeywrightConfig } from '../config.ts';
import { ACCESS_LOG, accessLogGroup } from './access-log.ts';
import type { KeywrightFunction } from './function.ts';
import type { Store } from './store.ts';
import { verifyFunction } from './verify-function.ts';

interface RegionVerifyProps {
  readonly config: KeywrightConfig;
  readonly store: Store;
}

const REQUESTS_PER_SECOND = 2000;

/** `POST /v1/verify` in a Region beside the main one, for its backends: signed by IAM, and the one route there is. */
export class RegionVerify extends Construct {
  readonly api: HttpApi;
  readonly function: KeywrightFunction;
  /** Without `/v1/verify`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { config, store }: RegionVerifyProps) {
    super(scope, id);
    this.function = verifyFunction(this, 'Function', { config, store });
    this.api = new HttpApi(this, 'Api', {
      apiName: 'keywright-verify',
      description: 'Keywright: decisions for backends',
      createDefaultStage: false,
    });
    this.api.addRoutes({
      path: '/v1/verify',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Integration', this.function),
      authorizer: new HttpIamAuthorizer(),
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: 2 * REQUESTS_PER_SECOND },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogGroup(this, 'AccessLog', config.logRetentionDays)),
        format: AccessLogFormat.custom(ACCESS_LOG.management),
      },
    });
    this.url = this.api.apiEndpoint;
  }
}
