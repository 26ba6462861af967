import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type AuthorizerOptions, KeywrightAuthorizer } from './authorizer.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import {
  type GatewayRoute,
  httpGateway,
  type ProtectedGateway,
  protectRoutes,
  restGateway,
} from './gateway-routes.ts';
import { grant } from './grant.ts';
import { deployedManagement, type ManagementApiReference } from './management-reference.ts';
import { idAt, Registration } from './registration.ts';
import { requireId, requireOneOf } from './required.ts';
import { verifyArn } from './verify.ts';

/** What a route asks of its callers, where that is not what its method and path say by default. */
export interface ApiRouteProps {
  /** `GET`, `POST`, …, or `ANY`. */
  readonly method: string;
  /** As callers write it, with `{name}` for one part of it and `{name+}` for the rest: `/v1/orders/{orderId}`. */
  readonly path: string;
  /** `resource:action`. Default: by the path's first part and the method, `orders:read` of `GET /v1/orders`. */
  readonly permission?: string;
  /** Whether every valid key may read it, publishable ones too. Default: false. */
  readonly public?: boolean;
}

/** The access token that callers must send beside their key. */
export interface ApiOAuthProps {
  /** `iss` of its tokens; its keys are found by OpenID Connect discovery. */
  readonly issuer: string;
  readonly audience: string;
  /** All of them. Default: none. */
  readonly requiredScopes?: string[];
  /** All of them. Default: none. */
  readonly requiredRoles?: string[];
}

export interface KeywrightApiProps extends AuthorizerOptions {
  /** Whose keys may call it: `sandbox` or `live`. It can't be changed later. */
  readonly environment: string;
  /** `tenant` for API keys, `subscription` for subscription keys. It can't be changed later. Default: tenant. */
  readonly scheme?: string;
  /** What people call it. Default: the construct's id. */
  readonly name?: string;
  /** What it does, for whoever chooses an API. Default: what people wrote in the portal. */
  readonly description?: string;
  /** The REST API that is protected: every method without an authorizer gets Keywright's. */
  readonly restApi?: RestApi;
  /** The HTTP API that is protected: every route without an authorizer gets Keywright's. */
  readonly httpApi?: HttpApi;
  /** Routes that stay open to everybody, as method and path: `GET /health`. Default: none. */
  readonly openRoutes?: string[];
  /** Where callers reach it. Default: the address of the REST API's stage, or of the HTTP API's default stage. */
  readonly baseUrl?: string;
  /** Path of its OpenAPI document, 3.0 or 3.1, as JSON. Default: it has none, and its routes are read off the gateway. */
  readonly openApi?: string;
  /** What routes ask of their callers, where that is not the default. */
  readonly routes?: ApiRouteProps[];
  /** Whether callers must send the API's client key as well; of the subscription scheme alone. Default: false. */
  readonly clientKeyRequired?: boolean;
  /** Default: callers need no token. */
  readonly oauth?: ApiOAuthProps;
  /** `api_` and 12 base62. Default: by the construct's path and the stack's name, so that it stays as long as they do. */
  readonly apiId?: string;
  /** Whether it is registered. Default: true. False in further Regions, for an API that the main one registers. */
  readonly registers?: boolean;
  /** Default: the Keywright deployed in this account and Region. */
  readonly management?: ManagementApiReference;
}

/** What a route table takes. What a gateway calls otherwise is left to the default rule. */
const TABLE_PATH =
  /^\/$|^(?:\/(?:[\w~!$&'()+,=:@.-]*[\w~-]|\{[A-Za-z][\w-]*\}))*(?:\/\{[A-Za-z][\w-]*\+\})?$/;
/** As many as a route table holds. */
const MOST_ROUTES = 100;
const SCHEMES = ['tenant', 'subscription'];
const ENVIRONMENTS = ['sandbox', 'live'];

/**
 * An API that Keywright stands before: its routes are protected, it is registered as the stack is deployed, and
 * people find its routes or its OpenAPI document in the portals.
 *
 * ```ts
 * new KeywrightApi(this, 'Invoices', { httpApi: api, environment: 'live' });
 * ```
 *
 * For an API of another kind leave `restApi` and `httpApi` out, and use `authorizer`. A stack that is deleted leaves
 * the API registered, since keys and subscriptions hang on it, without its address; deployed anew it is the same one.
 */
export class KeywrightApi extends Construct {
  readonly apiId: string;
  readonly authorizer: KeywrightAuthorizer;
  readonly #management: ManagementApiReference;

  constructor(scope: Construct, id: string, props: KeywrightApiProps) {
    super(scope, id);
    this.apiId = props.apiId ?? idAt('api', this);
    requireOneOf('environment', props.environment, ENVIRONMENTS);
    requireOneOf('scheme', props.scheme ?? 'tenant', SCHEMES);
    requireId('api', 'apiId', this.apiId);
    if (props.restApi !== undefined && props.httpApi !== undefined)
      throw new Error('Both restApi and httpApi are given; expected one, and a KeywrightApi for each.');
    this.#management = props.management ?? deployedManagement();
    this.authorizer = new KeywrightAuthorizer(this, 'Authorizer', { ...props, apiId: this.apiId });
    const gateway = this.#gateway(props);
    const routes = gateway === undefined ? [] : protectRoutes(this, gateway, props.openRoutes ?? []);
    if (props.registers === false) return;
    new Registration(this, 'Registration', {
      kind: 'api',
      id: this.apiId,
      fields: () => this.#fields(props, routes),
      openApi: props.openApi,
      management: this.#management,
      logRetentionDays: props.config?.logRetentionDays ?? 90,
    });
  }

  /** Lets a backend, or any other role, ask `POST /v1/verify`, and nothing else of the management API. */
  grantVerify(grantee: IGrantable): void {
    grant(grantee, ['execute-api:Invoke'], [verifyArn(this, this.#management.managementApiId)]);
  }

  #gateway({ restApi, httpApi, scheme = 'tenant', oauth }: KeywrightApiProps): ProtectedGateway | undefined {
    if (httpApi !== undefined) return httpGateway(httpApi, this.authorizer);
    if (restApi === undefined) return undefined;
    addGatewayResponses(restApi, { scheme, oauth: oauth !== undefined });
    return restGateway(restApi, this.authorizer);
  }

  #fields(props: KeywrightApiProps, read: readonly GatewayRoute[]) {
    const { environment, scheme = 'tenant', description, clientKeyRequired, oauth } = props;
    return {
      ...{ environment, scheme, description, clientKeyRequired, oauth },
      name: props.name ?? this.node.id,
      baseUrl: props.baseUrl ?? addressOf(props),
      routes: routesOf(props, read),
    };
  }
}

/** What is said of routes, and the gateway's others where no document tells of them; undefined for none. */
function routesOf(
  { routes = [], openApi }: KeywrightApiProps,
  read: readonly GatewayRoute[],
): readonly ApiRouteProps[] | undefined {
  const said = new Set(routes.map((route) => shapeOf(nameOf(route))));
  const others = read.filter((route) => {
    const shape = shapeOf(nameOf(route));
    return TABLE_PATH.test(route.path) && said.size < said.add(shape).size;
  });
  const all = [...routes, ...(openApi === undefined ? others : [])];
  // Those that are only read say nothing that is not so without them.
  const fitting = all.length > MOST_ROUTES ? routes : all;
  return fitting.length === 0 ? undefined : fitting;
}

const nameOf = ({ method, path }: Pick<ApiRouteProps, 'method' | 'path'>) => `${method} ${path}`;

/** Whatever its placeholders are called. */
function shapeOf(route: string): string {
  return route.replaceAll(/\{[^}+]*\}/g, '{}').replace(/\{[^}]*\+\}$/, '{+}');
}

/** Without the slash that a stage's address ends with; undefined where it has none of its own. */
function addressOf({ restApi, httpApi }: KeywrightApiProps): string | undefined {
  if (restApi !== undefined) {
    const { deploymentStage: stage } = restApi;
    return (
      stage &&
      `https://${restApi.restApiId}.execute-api.${restApi.stack.region}.${restApi.stack.urlSuffix}/${stage.stageName}`
    );
  }
  return httpApi?.defaultStage && httpApi.apiEndpoint;
}
