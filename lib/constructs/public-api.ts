import {
  EndpointType,
  LambdaIntegration,
  type MethodDeploymentOptions,
  type Resource,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PUBLIC_API } from '../../core/contract/deployment.ts';
import type { ManagementFunction, ManagementRoute } from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import type { KeywrightConfig } from '../config.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { type Suppression, suppress } from './suppression.ts';
import { WebAcl } from './web-acl.ts';

interface PublicApiProps {
  readonly config: Pick<KeywrightConfig, 'domain' | 'webAcl'>;
  readonly functions: Readonly<Record<ManagementFunction, LambdaFunction>>;
}

/** What a route takes at once at least, so that a few strangers' loops leave room for whoever means it. */
const LEAST_BURST = 500;

const EXPOSED_ROUTES: readonly ManagementRoute[] = (ROUTES as readonly ManagementRoute[]).filter(
  ({ exposed }) => exposed,
);

/**
 * What strangers may call and change something by: a REST API, because an HTTP API takes no web ACL («Use AWS WAF
 * to protect your REST APIs in API Gateway»). Its stage is called `v1`, so that its own address has the
 * contract's paths; behind a custom domain these paths are a mapping, which API Gateway takes off before it looks
 * for a resource.
 *
 * It has no access log: REST APIs write theirs by one role for all of an account's Region, which this stack has
 * no business to set. The function's log has every request, the web ACL's metrics those that it stopped.
 */
export class PublicApi extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, { config, functions }: PublicApiProps) {
    super(scope, id);
    const base = config.domain === null ? `/${PUBLIC_API.stage}` : `/${PUBLIC_API.mapping}`;
    this.api = new RestApi(this, 'Api', {
      restApiName: PUBLIC_API.name,
      description: 'Keywright: reports of leaked keys, for everybody',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      disableExecuteApiEndpoint: config.domain !== null,
      deployOptions: {
        stageName: PUBLIC_API.stage,
        variables: { [PUBLIC_API.base]: base },
        methodOptions: Object.fromEntries(EXPOSED_ROUTES.map((route) => [...limitsOf(route, base)])),
      },
    });
    addGatewayResponses(this.api);
    for (const route of EXPOSED_ROUTES) {
      const { method, path } = partsOf(route, base);
      this.#resourceAt(path).addMethod(method, new LambdaIntegration(functions[route.function]));
    }
    for (const suppression of FOR_STRANGERS) suppress(this.api, suppression);
    if (config.webAcl !== false)
      new WebAcl(this, 'WebAcl', { stage: this.api.deploymentStage, own: config.webAcl });
  }

  #resourceAt(path: string): Resource | RestApi['root'] {
    return path === '' ? this.api.root : this.api.root.resourceForPath(path);
  }
}

function partsOf({ key }: ManagementRoute, base: string): { method: string; path: string } {
  const [method = '', path = ''] = key.split(' ');
  if (!path.startsWith(base)) throw new Error(`${key} is exposed; expected a path below ${base}`);
  return { method, path: path.slice(base.length) };
}

function limitsOf(route: ManagementRoute, base: string): [string, MethodDeploymentOptions] {
  const { method, path } = partsOf(route, base);
  const { requestsPerSecond } = route;
  if (requestsPerSecond === undefined)
    throw new Error(`${route.key} is exposed; expected a limit of its own`);
  const burst = Math.max(LEAST_BURST, requestsPerSecond * 2);
  return [
    `${path || '/'}/${method}`,
    { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: burst },
  ];
}

const FOR_STRANGERS: readonly Suppression[] = [
  { id: 'AwsSolutions-APIG1', reason: 'Its access log would need the one log role of the whole account.' },
  {
    id: 'AwsSolutions-APIG2',
    reason: 'The function validates, by the schemas that the OpenAPI document has.',
  },
  { id: 'AwsSolutions-APIG3', reason: 'The web ACL is an option that is on by default.' },
  { id: 'AwsSolutions-APIG4', reason: 'Whoever finds a key may end it: there is nobody to sign in.' },
  { id: 'AwsSolutions-APIG6', reason: 'Execution logs can hold bodies, and these hold keys.' },
  { id: 'AwsSolutions-COG4', reason: 'Whoever finds a key may end it: there is nobody to sign in.' },
];
