import { Duration } from 'aws-cdk-lib';
import {
  type CfnAuthorizer,
  IdentitySource,
  RequestAuthorizer,
  TokenAuthorizer,
} from 'aws-cdk-lib/aws-apigateway';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
  WebSocketLambdaAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { LambdaAuthorizerConfig } from 'aws-cdk-lib/aws-appsync';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CACHE_KEY_HEADERS, ENV } from '../../core/contract/deployment.ts';
import { checkCacheLifetimes, parseConfig } from '../config.ts';
import type { DecisionConfig } from '../config-parts.ts';
import { addAlarm } from './alarms.ts';
import { defaultLimits } from './default-limits.ts';
import { KeywrightFunction } from './function.ts';
import { GradualDeployment } from './gradual-deployment.ts';
import { allowAuthorizer } from './request-permissions.ts';
import { requireId, requireOneOf } from './required.ts';
import { deployedStore, type Store } from './store.ts';

/** What Keywright was deployed with, as far as it matters to an authorizer. */
export interface AuthorizerConfig extends DecisionConfig {
  readonly logRetentionDays?: number;
}

/** How an authorizer decides and is deployed, whichever API it is for. */
export interface AuthorizerOptions {
  /** What Keywright was deployed with; `vendor` above all must be the same. Default: the fields' defaults. */
  readonly config?: AuthorizerConfig;
  /** Default: the Keywright deployed in this account and Region. */
  readonly store?: Store;
  /**
   * How long API Gateway keeps an answer, in seconds. Default 0: it asks every time, callers may send
   * their key in either header, and only the instance's memory (`cacheSeconds`) stands between a
   * revocation and its effect.
   *
   * Above 0, the key must come in `x-api-key`, and `cacheSeconds + gatewayCacheSeconds` may be 4 at most. An
   * answer is kept for one key, tenant, address, method and path, and depends on nothing else: the gateway's
   * cache does not see `Origin`, so leave it off where keys have `allowedOrigins`. It sees no subscription key
   * either: an API of the subscription scheme with a cache refuses everybody. TOKEN authorizers can't have it.
   */
  readonly gatewayCacheSeconds?: number;
  /**
   * Whether to accept keys that were issued elsewhere and imported. Default: false, and then a text that is no
   * key of this operator's never causes a call. With true, every text of 16 to 512 visible ASCII characters
   * is looked up when an instance first sees it.
   */
  readonly acceptImportedKeys?: boolean;
  /**
   * For a REST API: whether to tell API Gateway which of its own keys a caller is counted by, so that usage
   * plans hold. Default: false. With true, make the API with `apiKeySourceType: ApiKeySourceType.AUTHORIZER`
   * and its methods with `apiKeyRequired: true`, add its stage to a usage plan, and name that plan in
   * Keywright's `usagePlans`. API Gateway then refuses credentials that were created before.
   */
  readonly usagePlans?: boolean;
  /**
   * Whether a new version gets a tenth of the calls first, and all of them after five minutes, or is rolled back
   * where nearly all of its calls fail. Default: false, and then a deployment replaces it at once. With true, each
   * deployment that changes the authorizer takes those five minutes longer.
   */
  readonly gradualDeployment?: boolean;
  /** Where to report slow and throttled calls of this authorizer. Default: nowhere. */
  readonly alarmTopic?: Topic;
}

export interface KeywrightAuthorizerProps extends AuthorizerOptions {
  /** The protected API that this authorizer answers for, as `POST /v1/apis` named it: `api_` + 12 base62. */
  readonly apiId: string;
}

/**
 * The Lambda authorizer of one protected API, of whatever kind:
 *
 * ```ts
 * const authorizer = new KeywrightAuthorizer(this, 'Authorizer', { apiId: 'api_…' });
 * api.root.addMethod('GET', integration, { authorizer: authorizer.forRestApi() });
 * ```
 *
 * For an API that requires OAuth the function reads the issuer's discovery document and keys, so it must
 * reach the issuer: outside of a VPC, as it is made here, it reaches every public one.
 *
 * A refused key shows in Lambda's `Errors`, because throwing is how an authorizer tells API Gateway to
 * answer 401. Alarm on the metric `AuthorizerUnavailable` instead.
 */
export class KeywrightAuthorizer extends Construct {
  /** The protected API that it answers for. */
  readonly apiId: string;
  readonly function: LambdaFunction;
  /** What APIs call: the function, or its alias where it is deployed gradually. */
  readonly #handler: IFunction;
  readonly #gatewayCacheSeconds: number;

  constructor(scope: Construct, id: string, props: KeywrightAuthorizerProps) {
    super(scope, id);
    const { apiId, gatewayCacheSeconds = 0 } = props;
    const config = parseConfig(props.config);
    const { acceptImportedKeys = false, usagePlans = false } = props;
    requireId('api', 'apiId', apiId);
    this.apiId = apiId;
    checkCacheLifetimes(config.cacheSeconds, gatewayCacheSeconds);
    this.#gatewayCacheSeconds = gatewayCacheSeconds;
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'authorizer',
      description: `Keywright: authorizer of ${apiId}`,
      // A decision is CPU, and Lambda gives CPU by memory.
      memoryMiB: 1024,
      timeoutSeconds: 5,
      logRetentionDays: config.logRetentionDays,
    });
    allowAuthorizer(this.function, props.store ?? deployedStore(this, config), {
      importedKeys: acceptImportedKeys,
    });
    this.function.addEnvironment(ENV.apiId, apiId);
    this.function.addEnvironment(ENV.vendor, config.vendor);
    this.function.addEnvironment(ENV.cacheSeconds, String(config.cacheSeconds));
    this.function.addEnvironment(ENV.staleSeconds, String(config.staleSeconds));
    this.function.addEnvironment(ENV.cacheEntries, String(config.cacheEntries));
    this.function.addEnvironment(ENV.gatewayCacheSeconds, String(gatewayCacheSeconds));
    this.function.addEnvironment(ENV.usageIdentifiers, String(usagePlans));
    this.function.addEnvironment(ENV.defaultLimits, defaultLimits(config.defaultRateLimits));
    if (props.alarmTopic !== undefined) this.#addAlarms(props.alarmTopic, apiId);
    // The library's classes do not say of optional members what its interfaces do.
    this.#handler = props.gradualDeployment
      ? (new GradualDeployment(this, 'Gradual', {
          function: this.function,
          what: `the authorizer of ${apiId}`,
          alarmTopic: props.alarmTopic,
        }).alias as IFunction)
      : this.function;
  }

  /** For a REST API: REQUEST type, which sees everything of the request; a cache tells methods and paths apart. */
  forRestApi(): RequestAuthorizer {
    const authorizer = new RequestAuthorizer(this, 'RestApi', {
      handler: this.#handler,
      resultsCacheTtl: this.#resultsCacheTtl(),
      identitySources: this.#identitySources(
        ...CACHE_KEY_HEADERS.map((name) => IdentitySource.header(name)),
        IdentitySource.context('identity.sourceIp'),
        IdentitySource.context('httpMethod'),
        IdentitySource.context('path'),
      ),
    });
    // The library writes an empty text for no sources, which names one that no request can have.
    const { node } = authorizer;
    if (this.#gatewayCacheSeconds === 0) {
      (node.defaultChild as CfnAuthorizer).addPropertyDeletionOverride('IdentitySource');
    }
    return authorizer;
  }

  /**
   * For a REST API that can only have a TOKEN authorizer. It sees the key and the route, but neither
   * `x-tn` nor the caller's address or origin: keys that are bound to networks or origins are refused, and
   * so is everybody who calls an API of the subscription scheme.
   * @param header which holds the key: `x-api-key` or `Authorization`
   * @throws Error where API Gateway was to keep answers: it would give one route's answer to every other
   */
  forTokenRestApi(header = 'x-api-key'): TokenAuthorizer {
    requireOneOf('header', header, ['x-api-key', 'Authorization']);
    if (this.#gatewayCacheSeconds > 0) {
      throw new Error(
        `gatewayCacheSeconds is ${this.#gatewayCacheSeconds}; expected 0 for a TOKEN authorizer, because API ` +
          'Gateway tells its answers apart by the token alone and would give the answer for one route to all ' +
          'others. Use forRestApi(), whose cache tells routes apart, or leave gatewayCacheSeconds out.',
      );
    }
    return new TokenAuthorizer(this, 'TokenRestApi', {
      handler: this.#handler,
      resultsCacheTtl: Duration.seconds(0),
      identitySource: IdentitySource.header(header),
    });
  }

  /**
   * For an HTTP API: payload 2.0 with a simple response. Such a response says yes or no to all that the
   * cache takes for the same request, so a cache must tell routes, methods and paths apart.
   */
  forHttpApi(): HttpLambdaAuthorizer {
    return new HttpLambdaAuthorizer(`${this.node.id}HttpApi`, this.#handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: this.#resultsCacheTtl(),
      identitySource: this.#identitySources(
        ...CACHE_KEY_HEADERS.map((name) => `$request.header.${name}`),
        '$context.identity.sourceIp',
        '$context.routeKey',
        '$context.httpMethod',
        '$context.path',
      ),
    });
  }

  /** For the `$connect` route of a WebSocket API. API Gateway keeps no answers for these. */
  forWebSocketApi(): WebSocketLambdaAuthorizer {
    return new WebSocketLambdaAuthorizer(`${this.node.id}WebSocketApi`, this.#handler, {
      identitySource: [],
    });
  }

  /**
   * For a GraphQL API of AppSync, as its `lambdaAuthorizerConfig`. Clients send the key in `Authorization`, the
   * tenant in `x-tn`. Documents of queries alone are the route `GET /graphql`, all others `POST /graphql`.
   * AppSync's cache stays off whatever `gatewayCacheSeconds` is: it knows the token and not the operation.
   * AppSync doesn't tell the caller's address: keys that are bound to networks are refused.
   */
  forAppSync(): LambdaAuthorizerConfig {
    return { handler: this.#handler, resultsCacheTtl: Duration.seconds(0) };
  }

  #addAlarms(topic: Topic, apiId: string): void {
    addAlarm(this, 'Slow', topic, {
      metric: this.function.metricDuration({ statistic: 'p99', period: Duration.minutes(5) }),
      above: 1000,
      periods: 3,
      meaning: `one in a hundred decisions for ${apiId} took more than a second, for fifteen minutes.`,
    });
    addAlarm(this, 'Throttled', topic, {
      metric: this.function.metricThrottles({ period: Duration.minutes(5) }),
      above: 0,
      meaning: `Lambda throttled the authorizer of ${apiId}; callers get 503.`,
    });
  }

  #resultsCacheTtl(): Duration {
    return Duration.seconds(this.#gatewayCacheSeconds);
  }

  /** Declared sources are required of every request, so none are declared without a cache. */
  #identitySources(...sources: string[]): string[] {
    return this.#gatewayCacheSeconds > 0 ? sources : [];
  }
}
