import { readCredentials } from '../core/domain/credentials.ts';
import { KeyFormat } from '../core/domain/key-format.ts';
import { type LimitState, limitsOf } from '../core/domain/limit.ts';
import { limitHeaders } from '../core/domain/limit-headers.ts';
import { Permissions } from '../core/domain/permission.ts';
import { type RefusalDetails, refusalAnswer } from '../core/domain/refusal-answer.ts';
import { logRefusal } from '../core/http/refusal-log.ts';
import type { GuardedCaller } from './caller.ts';
import { type Identified, identifiedAs, identifiedBy } from './guarded-caller.ts';
import { accessRequestOf, authorizerContextOf, type GuardedEvent } from './guarded-event.ts';
import { deployedSurroundings, type GuardSurroundings } from './surroundings.ts';

export type { GuardedCaller } from './caller.ts';

/** What the guard is told by the backend that uses it. */
export interface GuardOptions {
  /**
   * The protected API (`api_…`) that callers are authenticated for by the guard itself, where no authorizer
   * of Keywright's stands before the function. Given, an authorizer's context is never looked at; not
   * given, a request without one is refused.
   */
  readonly apiId?: string;
  /** With `apiId`: how that API's callers identify themselves. Default: `tenant`. */
  readonly scheme?: 'tenant' | 'subscription';
  /**
   * With `apiId`: what paths begin with on a custom domain before the API's own begin, such as the mapping
   * `store`; `''` for nothing. Asked for where the event doesn't say: by the route `$default`. Default: such
   * requests are refused.
   */
  readonly basePath?: string;
  /** A permission that callers need, `resource:action`, beside what the API's route table asks. */
  readonly permission?: string;
  /** Units that a request spends of its limits, from 0. Default: 1. */
  // biome-ignore lint/suspicious/noExplicitAny: the event is the backend's, of whatever type it has given it
  readonly cost?: number | ((event: any) => number);
  /** Added to the guard's own answers, such as `Access-Control-Allow-Origin`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request on its way through middy, as far as the guard looks at it. */
export interface GuardedRequest {
  // biome-ignore lint/suspicious/noExplicitAny: the event is the backend's, of whatever type it has given it
  readonly event: any;
  // biome-ignore lint/suspicious/noExplicitAny: so is the context, to which the caller is added
  readonly context: any;
  // biome-ignore lint/suspicious/noExplicitAny: and the answer, to which headers are added
  response: any;
  readonly internal: Record<string, unknown>;
}

/** A middy middleware. */
export interface KeywrightGuard {
  before(request: GuardedRequest): Promise<unknown>;
  after(request: GuardedRequest): Promise<void>;
}

const STATES = 'keywrightLimits';

/**
 * Guards a Lambda backend: `middy(handler).use(keywrightGuard())`. Spends of the caller's limits and checks
 * the permission asked for, answers 401, 403, 429 and 503 in the words of the caller's scheme, gives the
 * handler `context.keywright` (a GuardedCaller), and adds the limits' headers to its answer.
 */
export function keywrightGuard(options: GuardOptions = {}): KeywrightGuard {
  return guardIn(
    options,
    once(() => deployedSurroundings(process.env, options.apiId)),
  );
}

/**
 * The guard with its clock, store and authorizer handed in.
 * @internal
 */
export function guardIn(options: GuardOptions, surroundings: () => GuardSurroundings): KeywrightGuard {
  const { permission, cost = 1, headers } = options;

  const refuse = (event: GuardedEvent, identified: Identified | undefined, refusal: RefusalDetails) => {
    const { now, write } = surroundings();
    const keyId = identified?.caller.keyId ?? refusal.keyId;
    logRefusal(write, { ...refusal, keyId }, accessRequestOf(event), now());
    const answer = refusalAnswer(schemeOf(identified, options), refusal);
    return {
      statusCode: answer.status,
      headers: { ...answer.headers, ...limitHeaders(refusal.states ?? [], now()), ...headers },
      body: JSON.stringify(answer.body),
    };
  };

  return {
    async before({ event, context, internal }) {
      const who = await identify(event, options, surroundings);
      if ('preflight' in who) return undefined;
      if ('code' in who) return refuse(event, undefined, who);
      const { caller, credentialId, limits } = who;
      if (permission !== undefined && !isGranted(caller, permission)) {
        const cause = caller.keyType === 'publishable' ? 'route_not_public' : 'permission_missing';
        return refuse(event, who, { code: 'insufficient_permissions', cause });
      }
      const units = typeof cost === 'function' ? cost(event) : cost;
      if (!Number.isSafeInteger(units) || units < 0) {
        throw new TypeError(`cost is ${units}; expected a whole number from 0`);
      }
      const spending = await surroundings().limiter.spend(credentialId, limits, units);
      if (!spending.admitted) return refuse(event, who, spending);
      internal[STATES] = spending.states;
      context.keywright = caller;
      return undefined;
    },

    async after({ response, internal }) {
      const states = internal[STATES] as readonly LimitState[] | undefined;
      // A handler may return a bare value, which API Gateway itself makes an answer of: it has no headers.
      if (states === undefined || typeof response?.statusCode !== 'number') return;
      response.headers = { ...response.headers, ...limitHeaders(states, surroundings().now()) };
    },
  };
}

type Who = Identified | { readonly preflight: true } | RefusalDetails;

/** There is no word of the caller from an authorizer of Keywright's. */
const UNINTRODUCED = { code: 'authentication_failed', cause: 'no_context' } as const;

/** It can't be told which of the API's routes is called. */
const UNPLACED = { code: 'insufficient_permissions', cause: 'permission_missing' } as const;

async function identify(
  event: GuardedEvent,
  { apiId, basePath }: GuardOptions,
  surroundings: () => GuardSurroundings,
): Promise<Who> {
  const { onWarning, authorize, defaultLimits } = surroundings();
  if (apiId === undefined) return identifyByGateway(event, onWarning);
  const request = accessRequestOf(event, basePath);
  if (request.pathProblem !== undefined) {
    onWarning(request.pathProblem, undefined);
    return UNPLACED;
  }
  const { decision } = await authorize(request);
  if (!decision.allowed) return decision;
  const { caller } = decision;
  if (caller === undefined) return { preflight: true };
  return identifiedAs(caller, limitsOf(caller, defaultLimits)) ?? UNINTRODUCED;
}

function identifyByGateway(event: GuardedEvent, onWarning: GuardSurroundings['onWarning']): Who {
  const context = authorizerContextOf(event);
  if (context === undefined) {
    const { headers, method } = accessRequestOf(event);
    // Only what carries no credentials is let through by an authorizer without a word of the caller.
    if (readCredentials(headers, method, FORMAT, false).preflight) return { preflight: true };
    onWarning(
      'no authorizer of Keywright said who calls; put one before this function, or give apiId',
      undefined,
    );
    return UNINTRODUCED;
  }
  try {
    return identifiedBy(context) ?? UNINTRODUCED;
  } catch (cause) {
    onWarning('the authorizer’s context can’t be read; deploy guard and authorizer of one version', cause);
    return { code: 'authorizer_unavailable', cause: 'unavailable' };
  }
}

/** To tell preflights apart; which keys are well-formed is not asked. */
const FORMAT = new KeyFormat();

/** A publishable key's permissions are those of its role, but it may use them on public routes alone. */
function isGranted({ keyType, permissions }: GuardedCaller, permission: string): boolean {
  const [resource = '', action] = permission.split(':');
  if (keyType === 'publishable' || (action !== 'read' && action !== 'write')) return false;
  return new Permissions(permissions).allow({ resource, action });
}

function schemeOf(identified: Identified | undefined, { scheme = 'tenant' }: GuardOptions) {
  if (identified === undefined) return scheme;
  return identified.caller.keyType === 'subscription' ? 'subscription' : 'tenant';
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
