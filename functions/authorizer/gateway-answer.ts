import { BoundedMap } from '../../core/access/bounded-map.ts';
import type { Outcome } from '../../core/access/outcome.ts';
import {
  DENIAL_CONTEXT,
  HTTP_API_UNAUTHENTICATED,
  type HttpApiUnauthenticated,
  REFUSALS,
  type RefusalCode,
  refusalMessage,
} from '../../core/contract/refusals.ts';
import { type AccessPolicy, accessPolicy } from '../../core/domain/decision/access-policy.ts';
import type { Cause } from '../../core/domain/decision/causes.ts';
import type { Caller } from '../../core/domain/decision/decision.ts';
import {
  type DefaultLimits,
  formatPolicies,
  type LimitPolicy,
  limitsOf,
} from '../../core/domain/decision/limit.ts';
import type { AuthorizerRequest } from './gateway-event.ts';

type Context = Readonly<Record<string, string>>;

/** What API Gateway takes from an authorizer: a simple response (HTTP API) or an IAM policy. */
export type GatewayAnswer =
  | { readonly isAuthorized: boolean; readonly context: Context }
  | {
      readonly principalId: string;
      readonly policyDocument: AccessPolicy;
      readonly context: Context;
      /** Value of the API Gateway key that usage plans count the caller by. */
      readonly usageIdentifierKey?: string;
    };

/** What AppSync takes from an authorizer. */
export interface GraphqlAnswer {
  readonly isAuthorized: boolean;
  readonly resolverContext?: Context;
  /** Always 0: AppSync's cache goes by the token alone, and would give a query's answer to a mutation. */
  readonly ttlOverride: 0;
}

const REFUSED_BY_APPSYNC: GraphqlAnswer = { isAuthorized: false, ttlOverride: 0 };

/** API Gateway turns exactly this message into a 401, and every other error into a 500. */
const UNAUTHORIZED = 'Unauthorized';

const POLICIES_PER_OUTCOME = 4;

/**
 * Puts outcomes into API Gateway's words.
 * @param options.gatewayCaches whether API Gateway keeps answers: then an admission also says what a route
 *   that the policy doesn't cover is to be refused with
 * @param options.usageIdentifiers whether a policy names the API Gateway key that usage plans count its
 *   caller by; by default not
 * @param options.defaultLimits those of callers that have none of their own; by default none
 * @param options.httpApiUnauthenticated how simple responses say 401; by default as the contract has it
 */
export class GatewayAnswers {
  readonly gatewayCaches: boolean;
  readonly #usageIdentifiers: boolean;
  readonly #defaultLimits: DefaultLimits;
  readonly #httpApiUnauthenticated: HttpApiUnauthenticated;
  readonly #simple = new WeakMap<Outcome, GatewayAnswer>();
  readonly #policies = new WeakMap<Outcome, BoundedMap<string, GatewayAnswer>>();
  readonly #madeForAppSync = new WeakMap<Outcome, GraphqlAnswer>();

  constructor(options: {
    readonly gatewayCaches: boolean;
    readonly usageIdentifiers?: boolean;
    readonly defaultLimits?: DefaultLimits;
    readonly httpApiUnauthenticated?: HttpApiUnauthenticated;
  }) {
    this.gatewayCaches = options.gatewayCaches;
    this.#usageIdentifiers = options.usageIdentifiers ?? false;
    this.#defaultLimits = options.defaultLimits ?? { sandbox: [], live: [] };
    this.#httpApiUnauthenticated = options.httpApiUnauthenticated ?? HTTP_API_UNAUTHENTICATED;
  }

  /**
   * The answer for an outcome; the same one for a remembered outcome.
   * @throws Error `Unauthorized` for a 401 but where a simple response is to say it, another Error for a 503
   */
  answer(outcome: Outcome, request: AuthorizerRequest): GatewayAnswer {
    const { decision } = outcome;
    if (!decision.allowed) {
      const { status } = REFUSALS[decision.code];
      const saysNo = request.route === undefined && this.#httpApiUnauthenticated === 'isAuthorized';
      if (status === 401 && !saysNo) throw new Error(UNAUTHORIZED);
      if (status === 503) throw new Error(decision.code);
    }
    return request.route === undefined
      ? this.#simpleAnswer(outcome, request)
      : this.#policyAnswer(outcome, request, request.route.stageArn + request.route.path);
  }

  #simpleAnswer(outcome: Outcome, request: AuthorizerRequest): GatewayAnswer {
    let answer = this.#simple.get(outcome);
    if (answer === undefined) {
      answer = this.#make(outcome, request);
      this.#simple.set(outcome, answer);
    }
    return answer;
  }

  /**
   * A policy names a stage, of which one function may serve several, and a path: a WebSocket’s `$connect`, which has
   * none, is decided on as `POST /connect` is.
   */
  #policyAnswer(outcome: Outcome, request: AuthorizerRequest, place: string): GatewayAnswer {
    let answers = this.#policies.get(outcome);
    if (answers === undefined) {
      answers = new BoundedMap(POLICIES_PER_OUTCOME);
      this.#policies.set(outcome, answers);
    }
    let answer = answers.get(place);
    if (answer === undefined) {
      answer = this.#make(outcome, request);
      answers.set(place, answer);
    }
    return answer;
  }

  /**
   * The answer to AppSync, which has one for all that is refused.
   * @throws Error for a 503; AppSync's clients get a 500
   */
  graphqlAnswer(outcome: Outcome): GraphqlAnswer {
    const { decision, caller } = outcome;
    if (!decision.allowed && REFUSALS[decision.code].status === 503) throw new Error(decision.code);
    if (!decision.allowed || caller === undefined) return REFUSED_BY_APPSYNC;
    let answer = this.#madeForAppSync.get(outcome);
    if (answer === undefined) {
      const resolverContext = callerContext(caller, limitsOf(caller, this.#defaultLimits));
      answer = { isAuthorized: true, resolverContext, ttlOverride: 0 };
      this.#madeForAppSync.set(outcome, answer);
    }
    return answer;
  }

  #make(
    { decision, caller, routes, route: routeName }: Outcome,
    { route }: AuthorizerRequest,
  ): GatewayAnswer {
    const context: Context = {
      ...(caller && callerContext(caller, limitsOf(caller, this.#defaultLimits))),
      // An answer that is kept is used for other routes too; then the log's own fields must do.
      ...(routeName !== undefined && !this.gatewayCaches && { route: routeName }),
      ...(!decision.allowed && denialContext(decision.code, decision.cause)),
      ...(decision.allowed && this.gatewayCaches && denialContext('insufficient_permissions')),
    };
    if (route === undefined) return { isAuthorized: decision.allowed, context };
    // A refusal that isn't about the route holds for every route.
    const aboutRoute = decision.allowed || decision.code === 'insufficient_permissions';
    const policyDocument = accessPolicy(aboutRoute ? caller : undefined, routes, route, decision.allowed);
    const usageIdentifierKey = this.#usageIdentifiers ? caller?.usageIdentifierKey : undefined;
    return {
      principalId: caller?.keyId ?? 'anonymous',
      policyDocument,
      context,
      ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
    };
  }
}

/** What a backend is told of its caller. */
function callerContext(caller: Caller, limits: readonly LimitPolicy[]): Context {
  const { keyId, tenantId, environment, keyType, role, permissions, subscription, oauthClientId } = caller;
  return {
    keyId,
    tenantId,
    environment,
    keyType,
    ...(role !== undefined && { role, permissions: permissions.join(' ') }),
    ...(subscription ? { ...subscription, slot: caller.secretId } : { secretId: caller.secretId }),
    ...(oauthClientId !== undefined && { oauthClientId }),
    ...(limits.length > 0 && { limits: formatPolicies(limits) }),
  };
}

function denialContext(code: RefusalCode, cause?: Cause): Context {
  return {
    [DENIAL_CONTEXT.code]: code,
    [DENIAL_CONTEXT.message]: refusalMessage(code, cause),
    [DENIAL_CONTEXT.type]: REFUSALS[code].type,
  };
}
