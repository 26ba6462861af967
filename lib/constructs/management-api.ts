import { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/contract/deployment.ts';
import {
  type ManagementFunction,
  type ManagementRoute,
  signedKey,
} from '../../core/contract/management-route.ts';
import { ROUTES } from '../../core/contract/routes.ts';
import { hasUsagePlans, type KeywrightConfig } from '../config.ts';
import { ACCESS_LOG, accessLogGroup } from './access-log.ts';
import { allowAudit } from './audit-permissions.ts';
import {
  allowApis,
  allowApprovals,
  allowKeys,
  allowProducts,
  allowRotation,
  allowSubscriptions,
} from './credential-permissions.ts';
import { CustomDomain } from './custom-domain.ts';
import { KeywrightFunction } from './function.ts';
import type { Issuer } from './identity.ts';
import { allowOriginSecret } from './origin-secret.ts';
import { allowMembers, allowMemberships, allowSignUps, allowTenants } from './people-permissions.ts';
import { PublicApi } from './public-api.ts';
import { ONE_PERMISSION, SignIn } from './sign-in.ts';
import type { ControlStore } from './store.ts';
import { suppress } from './suppression.ts';
import { allowUsagePlanKeys } from './usage-plan-permissions.ts';
import { verifyFunction } from './verify-function.ts';
import { allowAlerts, allowLeaks, allowUsage } from './watch-permissions.ts';

interface ManagementApiProps {
  readonly config: KeywrightConfig;
  readonly store: ControlStore;
  readonly issuer: Issuer;
}

/** What a function is for, and what it may do. */
interface FunctionProps {
  readonly purpose: string;
  readonly allow: (fn: LambdaFunction, store: ControlStore, config: KeywrightConfig) => void;
  /** True where it imports: a call may then use the half minute that API Gateway waits, and is megabytes. */
  readonly imports?: true;
}

/** A route naming another function does not compile. */
const FUNCTIONS: Record<Exclude<ManagementFunction, 'verify'>, FunctionProps> = {
  tenants: { purpose: 'tenants and roles', allow: allowTenants },
  keys: { purpose: 'API keys', allow: allowKeys, imports: true },
  apis: { purpose: 'protected APIs', allow: allowApis },
  products: { purpose: 'products', allow: allowProducts },
  subscriptions: { purpose: 'subscriptions and their keys', allow: allowSubscriptions, imports: true },
  audit: { purpose: 'the audit log', allow: allowAudit },
  usage: { purpose: 'usage', allow: allowUsage },
  approvals: { purpose: 'operations that wait for a second admin', allow: allowApprovals },
  alerts: { purpose: 'security findings', allow: allowAlerts },
  leaks: {
    purpose: 'reports of leaked keys',
    allow: (fn, store, config) => allowLeaks(fn, store, { importedKeys: config.acceptImportedKeys }),
  },
  rotation: { purpose: 'secrets that programs of yours rotate', allow: allowRotation },
  members: { purpose: 'members and invitations', allow: allowMembers },
  openapi: { purpose: 'its description', allow: () => {} },
  'sign-ups': { purpose: 'sign-ups', allow: allowSignUps },
};

/**
 * API Gateway counts what is sent before it asks who sends it, for each route by itself, so a limit of a route
 * for people is one that strangers can use up. It is there for scripts of people who have signed in: nobody
 * else's requests reach a function. Hence high, and for brakes what an account has in any Region.
 */
const REQUESTS_PER_SECOND = 500;
const BRAKES_PER_SECOND = 2500;
/** What a route takes at once at least, so that a few strangers' loops leave room for whoever means it. */
const LEAST_BURST = 500;

/** Behind this API nothing can stand before strangers: what they may change something by is another's. */
const SERVED = (ROUTES as readonly ManagementRoute[])
  .filter(({ exposed }) => !exposed)
  .flatMap((route) =>
    route.configures ? [route, { ...route, key: signedKey(route), iam: true as const }] : [route],
  );

/** What a page of another origin may read of an answer beside its body. */
const EXPOSED_HEADERS = [
  'etag',
  'idempotent-replayed',
  'keywright-notice',
  'retry-after',
  'www-authenticate',
  'x-request-id',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const CREATE_CREDENTIALS: readonly ManagementFunction[] = ['keys', 'subscriptions', 'approvals'];

/**
 * The HTTP API for people: its routes are ROUTES of core/contract/routes.ts, and one for all other paths,
 * whose 404 is put like every error. Every route that names roles takes only people whom `issuer` signed in; which
 * role may do what is the functions' business. Routes for AWS's own principals take signed requests of those that
 * IAM allows (`allowVerify`, `allowConfiguration`).
 */
export class ManagementApi extends Construct {
  readonly api: HttpApi;
  /** What strangers may change something by. */
  readonly public: PublicApi;
  /** Where the HTTP API is reached; with a domain both APIs. */
  readonly url: string;
  /** Of `POST /v1/leaks`, whole. */
  readonly leaksUrl: string;
  readonly functions: readonly KeywrightFunction[];
  readonly signIn: SignIn;
  /** Of the functions, the one that decides on requests to other backends. */
  readonly verify: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, store, issuer }: ManagementApiProps) {
    super(scope, id);
    const { api, stage } = this.#api(config);
    this.api = api;
    this.signIn = new SignIn(this, 'SignIn', { config, store, issuer });
    const functions = {
      verify: verifyFunction(this, 'Verify', { config, store }),
    } as Record<ManagementFunction, KeywrightFunction>;
    const integrations = new Map<ManagementFunction, HttpLambdaIntegration>();
    for (const [name, props] of Object.entries(FUNCTIONS)) {
      const fn = this.#function(name as ManagementFunction, props, config);
      props.allow(fn, store, config);
      if (ROUTES.some((route) => route.function === name && route.roles.length > 0)) {
        allowMemberships(fn, store);
        allowOriginSecret(fn, store.keyArn);
      }
      if (hasUsagePlans(config) && CREATE_CREDENTIALS.includes(name as ManagementFunction)) {
        allowUsagePlanKeys(fn, config.usagePlans);
      }
      functions[name as ManagementFunction] = fn;
    }
    for (const [name, fn] of Object.entries(functions)) {
      const integration = new HttpLambdaIntegration(`${name}Integration`, fn, ONE_PERMISSION);
      integrations.set(name as ManagementFunction, integration);
    }
    functions.openapi.addEnvironment(ENV.issuer, issuer.issuer);
    functions.openapi.addEnvironment(ENV.commandClientId, issuer.commandClientId ?? '');
    const { session } = this.signIn;
    this.functions = [...Object.values(functions), ...(session === undefined ? [] : [session])];
    this.verify = functions.verify;
    new Rule(this, 'FinishApprovals', {
      description: 'Keywright: carry out what was approved and cut off',
      schedule: Schedule.rate(Duration.minutes(1)),
      // A run that fails is an error for the alarm; the next one comes soon enough.
      targets: [new LambdaTarget(functions.approvals, { retryAttempts: 0 })],
    });
    this.public = new PublicApi(this, 'Public', { config, functions });
    const { domain } = config;
    this.url = domain === null ? api.apiEndpoint : `https://${domain.name}`;
    this.leaksUrl = domain === null ? this.public.api.urlForPath('/leaks') : `${this.url}/v1/leaks`;
    if (domain !== null) {
      new CustomDomain(this, 'Domain', { domain, management: { api, stage }, publicApi: this.public.api });
    }
    this.#routes(integrations, stage);
  }

  #function(
    name: ManagementFunction,
    { purpose, imports }: FunctionProps,
    config: KeywrightConfig,
  ): KeywrightFunction {
    const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const fn = new KeywrightFunction(this, id, {
      name,
      description: `Keywright: management of ${purpose}`,
      memoryMiB: imports ? 1024 : 512,
      timeoutSeconds: imports ? 29 : 15,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    fn.addEnvironment(ENV.vendor, config.vendor);
    if (config.mail !== null) fn.addEnvironment(ENV.mail, 'true');
    if (name === 'members' || name === 'sign-ups') {
      fn.addEnvironment(ENV.signUp, JSON.stringify(config.portal.signUp));
    }
    return fn;
  }

  #api(config: KeywrightConfig): { api: HttpApi; stage: HttpStage } {
    const api = new HttpApi(this, 'Api', {
      apiName: 'keywright-management',
      description: 'Keywright: management API',
      createDefaultStage: false,
      disableExecuteApiEndpoint: config.domain !== null,
      ...(config.allowedOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: [...config.allowedOrigins],
          allowMethods: METHODS.map((method) => CorsHttpMethod[method]),
          allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
          exposeHeaders: EXPOSED_HEADERS,
          maxAge: Duration.hours(1),
        },
      }),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_SECOND, burstLimit: 2 * REQUESTS_PER_SECOND },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogGroup(this, 'AccessLog', config.logRetentionDays)),
        format: AccessLogFormat.custom(ACCESS_LOG.management),
      },
    });
    return { api, stage };
  }

  #routes(integrations: ReadonlyMap<ManagementFunction, HttpLambdaIntegration>, stage: HttpStage): void {
    const { authorizer: signedIn } = this.signIn;
    const auth = this.signIn.addRoutes(this.api);
    stage.node.addDependency(...auth.routes);
    (stage.node.defaultChild as CfnStage).routeSettings = { ...routeLimits(), ...auth.limits };
    const open = new HttpNoneAuthorizer();
    const signed = new HttpIamAuthorizer();
    for (const route of SERVED) {
      const [method = '', path = ''] = route.key.split(' ');
      const integration = integrations.get(route.function);
      if (integration === undefined) throw new Error(`no function serves ${route.key}`);
      const isOpen = route.roles.length === 0 && !route.iam;
      const [created] = this.api.addRoutes({
        path,
        methods: [method as HttpMethod],
        integration,
        authorizer: route.iam ? signed : isOpen ? open : signedIn,
      });
      // A stage can set limits only of routes that are there.
      if (ownLimit(route) !== undefined && created !== undefined) stage.node.addDependency(created);
      if (isOpen && created !== undefined) {
        suppress(created, {
          id: 'AwsSolutions-APIG4',
          reason: 'Public on purpose: core/contract/routes.ts gives this route no roles.',
        });
      }
    }
    const anyFunction = integrations.get('openapi');
    if (anyFunction === undefined) throw new Error('no function answers for paths that do not exist');
    this.api.addRoutes({
      path: '/v1/{proxy+}',
      // Not ANY, which would take the browsers' preflights too.
      methods: METHODS.map((method) => HttpMethod[method]),
      integration: anyFunction,
      authorizer: signedIn,
    });
  }
}

/** Requests a second that a route takes of everybody together; undefined where the stage says so for all. */
function ownLimit({ brake, requestsPerSecond }: ManagementRoute): number | undefined {
  return brake ? BRAKES_PER_SECOND : requestsPerSecond;
}

/** What everybody may call without signing in is held to less than what people need, decisions to more. */
function routeLimits(): Record<string, object> {
  const limited = SERVED.flatMap((route) => {
    const limit = ownLimit(route);
    if (limit === undefined) return [];
    const burst = Math.max(LEAST_BURST, limit * 2);
    return [[route.key, { ThrottlingRateLimit: limit, ThrottlingBurstLimit: burst }] as const];
  });
  return Object.fromEntries(limited);
}
