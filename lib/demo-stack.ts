import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  CfnAccount,
  Cors,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  RestApi,
  type Stage,
} from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  LogGroupLogDestination as HttpLogDestination,
  HttpMethod,
  HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { DEMO_API_IDS } from '../core/contract/demo.ts';
import { READABLE_HEADERS } from '../core/contract/refusals.ts';
import { type KeywrightConfig, told } from './config.ts';
import { accessLogGroup, accessLogOf } from './constructs/access-log.ts';
import { KeywrightAuthorizer } from './constructs/authorizer.ts';
import { KeywrightFunction } from './constructs/function.ts';
import { addGatewayResponses, type CallerScheme } from './constructs/gateway-responses.ts';
import { allowGuard } from './constructs/guard.ts';
import { KeywrightUsage } from './constructs/keywright-usage.ts';
import type { Store } from './constructs/store.ts';
import { type Suppression, suppress } from './constructs/suppression.ts';
import { UsageSubscription } from './constructs/usage-subscription.ts';

type DemoApi = keyof typeof DEMO_API_IDS;
type Environment = keyof (typeof DEMO_API_IDS)[DemoApi];

const ENVIRONMENTS: readonly Environment[] = ['sandbox', 'live'];
const CALLERS = {
  orders: { scheme: 'tenant' },
  catalog: { scheme: 'tenant' },
  payments: { scheme: 'subscription', oauth: true },
} as const satisfies Record<DemoApi, CallerScheme>;
/** Headers that a page of another origin may send. */
const HEADERS = {
  tenant: ['authorization', 'content-type', 'x-api-key', 'x-tn'],
  subscription: ['authorization', 'client-key', 'content-type', 'ocp-apim-subscription-key'],
};
const THROTTLE = { rateLimit: 100, burstLimit: 200 };

export interface DemoStackProps extends StackProps {
  readonly config: KeywrightConfig;
  readonly store: Store;
  readonly alarmTopic: Topic;
  /** The function that counts requests. */
  readonly consumerArn: string;
  /** What the backend's guard asks. */
  readonly managementApiId: string;
}

/**
 * Three protected APIs to try Keywright on, and examples of its constructs' use: the REST API `orders` and
 * the HTTP API `catalog` of the tenant scheme, and the REST API `payments` of the subscription scheme.
 * Each is there once per environment, in front of a backend that answers with what the authorizer said of
 * the caller.
 */
export class DemoStack extends Stack {
  readonly #config: KeywrightConfig;
  readonly #store: Store;
  readonly #alarmTopic: Topic;
  readonly #consumerArn: string;
  readonly #backend: KeywrightFunction;

  constructor(
    scope: Construct,
    id: string,
    { config, store, alarmTopic, consumerArn, managementApiId, ...props }: DemoStackProps,
  ) {
    super(scope, id, { ...props, description: 'Keywright: demonstration APIs' });
    this.#config = config;
    this.#store = store;
    this.#alarmTopic = alarmTopic;
    this.#consumerArn = consumerArn;
    this.#backend = new KeywrightFunction(this, 'Backend', {
      name: 'demo-backend',
      description: 'Keywright: backend of the demonstration APIs',
      memoryMiB: 128,
      timeoutSeconds: 5,
      logRetentionDays: config.logRetentionDays,
    });
    allowGuard(this.#backend, { managementApiId, config: told(config) });
    const logging = config.demoLogRole ? [this.#allowRestApisToLog()] : [];
    for (const environment of ENVIRONMENTS) {
      for (const api of ['orders', 'payments'] as const) {
        this.#restApi(api, environment).node.addDependency(...logging);
      }
      this.#catalog(environment);
    }
  }

  #authorizer(api: DemoApi, environment: Environment): KeywrightAuthorizer {
    return new KeywrightAuthorizer(this, `${titled(api)}${titled(environment)}Authorizer`, {
      apiId: DEMO_API_IDS[api][environment],
      config: told(this.#config),
      store: this.#store,
      acceptImportedKeys: this.#config.acceptImportedKeys,
      alarmTopic: this.#alarmTopic,
      gradualDeployment: this.#config.gradualDeployments,
    });
  }

  #count(id: string, accessLog: LogGroup, authorizer: KeywrightAuthorizer): void {
    const files = this.#config.usageFiles !== null;
    const consumerArn = this.#consumerArn;
    new UsageSubscription(this, `${id}Usage`, { accessLog, authorizer, consumerArn, files });
  }

  /** An API whose lines go straight to files, where there are files. */
  #countPastLogs(id: string, restStage: Stage, authorizer: KeywrightAuthorizer): void {
    new KeywrightUsage(this, `${id}Usage`, { restStage, authorizer, files: true, straightToFiles: true });
  }

  #restApi(name: 'orders' | 'payments', environment: Environment): RestApi {
    const id = `${titled(name)}${titled(environment)}`;
    const straight = name === 'payments' && this.#config.usageFiles !== null;
    const log = straight ? undefined : accessLogGroup(this, `${id}Log`, this.#config.logRetentionDays);
    const api = new RestApi(this, id, {
      restApiName: name,
      description: `Keywright: demonstration, ${environment}`,
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: {
        stageName: environment,
        variables: { api: name },
        ...(log && {
          accessLogDestination: new LogGroupLogDestination(log),
          accessLogFormat: AccessLogFormat.custom(accessLogOf('rest', DEMO_API_IDS[name][environment])),
        }),
        throttlingRateLimit: THROTTLE.rateLimit,
        throttlingBurstLimit: THROTTLE.burstLimit,
      },
    });
    addGatewayResponses(api, CALLERS[name]);
    const authorizer = this.#authorizer(name, environment);
    if (log !== undefined) this.#count(id, log, authorizer);
    else this.#countPastLogs(id, api.deploymentStage, authorizer);
    const everything = api.root.addResource('v1').addResource('{proxy+}');
    everything.addMethod('ANY', new LambdaIntegration(this.#backend), {
      authorizer: authorizer.forRestApi(),
    });
    // A preflight carries no key, so it is answered before anyone is asked for one.
    const preflight = everything.addCorsPreflight({
      allowOrigins: Cors.ALL_ORIGINS,
      allowMethods: Cors.ALL_METHODS,
      allowHeaders: HEADERS[CALLERS[name].scheme],
    });
    for (const suppression of NOT_FOR_THE_DEMONSTRATION) suppress(api, suppression);
    suppress(preflight, {
      id: 'AwsSolutions-APIG4',
      reason: 'A CORS preflight carries no credentials to check.',
    });
    new CfnOutput(this, `${id}Url`, { value: api.url });
    return api;
  }

  #catalog(environment: Environment): void {
    const id = `Catalog${titled(environment)}`;
    const api = new HttpApi(this, id, {
      apiName: 'catalog',
      description: `Keywright: demonstration, ${environment}`,
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: ['*'],
        allowMethods: [CorsHttpMethod.ANY],
        allowHeaders: HEADERS.tenant,
        exposeHeaders: [...READABLE_HEADERS],
      },
    });
    const log = accessLogGroup(this, `${id}Log`, this.#config.logRetentionDays);
    const stage = new HttpStage(this, `${id}Stage`, {
      httpApi: api,
      stageName: environment,
      stageVariables: { api: 'catalog' },
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: {
        destination: new HttpLogDestination(log),
        format: AccessLogFormat.custom(accessLogOf('http', DEMO_API_IDS.catalog[environment])),
      },
    });
    const authorizer = this.#authorizer('catalog', environment);
    this.#count(id, log, authorizer);
    api.addRoutes({
      path: '/v1/{proxy+}',
      methods: [HttpMethod.ANY],
      integration: new HttpLambdaIntegration(`${id}Backend`, this.#backend),
      authorizer: authorizer.forHttpApi(),
    });
    new CfnOutput(this, `${id}Url`, { value: stage.url });
  }

  /** REST APIs write access logs as one role per account and Region; it stays when the demonstration goes. */
  #allowRestApisToLog(): CfnAccount {
    const role = new Role(this, 'ApiGatewayLogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    suppress(role, {
      id: 'AwsSolutions-IAM4',
      reason:
        'API Gateway has one log role for all REST APIs of a Region; this managed policy is the one it documents for it.',
    });
    const account = new CfnAccount(this, 'ApiGatewayAccount', { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}

const NOT_FOR_THE_DEMONSTRATION: readonly Suppression[] = [
  {
    id: 'AwsSolutions-APIG2',
    reason: 'The demonstration forwards any request as it is; there is nothing to validate it against.',
  },
  {
    id: 'AwsSolutions-APIG3',
    reason:
      'A web ACL is a choice and a cost of the account; docs/use/authorizers.md says how to attach one.',
  },
  {
    id: 'AwsSolutions-APIG6',
    reason:
      'Execution logs can hold the headers of a request, its API key among them. The access log has every request.',
  },
  {
    id: 'AwsSolutions-COG4',
    reason: 'Callers are programs with API keys: the Lambda authorizer is what is being demonstrated.',
  },
];

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
