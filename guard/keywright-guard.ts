import { logRefusal } from '../core/access/refusal-log.ts';
import { readCredentials } from '../core/domain/decision/credentials.ts';
import type { LimitState } from '../core/domain/decision/limit.ts';
import { limitHeaders } from '../core/domain/decision/limit-headers.ts';
import {
  costFaultAnswer,
  type RefusalDetails,
  refusalAnswer,
} from '../core/domain/decision/refusal-answer.ts';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import type { Admission, Demand } from './access.ts';
import { deployedDependencies, type GuardDependencies } from './dependencies.ts';
import { type Identified, identifiedBy, lacking, UNINTRODUCED } from './guarded-caller.ts';
import { accessRequestOf, authorizerContextOf, type GuardedEvent } from './guarded-event.ts';
import { tableAccess } from './table-access.ts';
import { verifyAccess } from './verify-access.ts';

export type { GuardedCaller } from './caller.ts';

/** What the guard is told by the backend that uses it. */
export interface GuardOptions {
  /**
   * The protected API (`api_…`) whose callers the guard has decided on, where no authorizer of Keywright's
   * stands before the function. Given, an authorizer's context is never looked at; not given, a request
   * without one is refused.
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
  /** Units that a request spends of its limits, from 0; above a limit it is answered 400. Default: 1. */
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
 * the permission asked for, answers 400, 401, 403, 429 and 503 in the words of the caller's scheme, gives the
 * handler `context.keywright` (a GuardedCaller), and adds the limits' headers to its answer. `allowGuard` of the
 * CDK library says where its decisions and limits come from: of `verify`, or of the table itself.
 */
export function keywrightGuard(options: GuardOptions = {}): KeywrightGuard {
  return guardIn(
    options,
    once(() => deployedDependencies(process.env, options.apiId)),
  );
}

/**
 * The guard with its clock and what it asks handed in.
 * @internal
 */
export function guardIn(options: GuardOptions, dependencies: () => GuardDependencies): KeywrightGuard {
  const { permission, cost = 1, headers } = options;

  const refuse = (event: GuardedEvent, identified: Identified | undefined, refused: Refused) => {
    const { now, write } = dependencies();
    const { refusal, isLogged = false } = refused;
    const keyId = identified?.caller.keyId ?? refusal.keyId;
    const owner = identified?.owner ?? refusal.owner;
    if (!isLogged)
      logRefusal(write, { ...refusal, keyId, ...(owner && { owner }) }, accessRequestOf(event), now());
    const answer = refusalAnswer(schemeOf(identified, options), refusal);
    return {
      statusCode: answer.status,
      headers: { ...answer.headers, ...limitHeaders(refusal.states ?? [], now()), ...headers },
      body: JSON.stringify(answer.body),
    };
  };

  const tell = (identified: Identified | undefined, message: string) => {
    const answer = costFaultAnswer(schemeOf(identified, options), message);
    return {
      statusCode: answer.status,
      headers: { ...answer.headers, ...headers },
      body: JSON.stringify(answer.body),
    };
  };

  return {
    async before({ event, context, internal }) {
      const demand = { permission, cost: () => unitsOf(cost, event) };
      const { admission, introduced } = await admit(event, options, demand, dependencies());
      if ('preflight' in admission) return undefined;
      if ('refusal' in admission) return refuse(event, introduced, admission);
      if ('fault' in admission) return tell(introduced, admission.fault.message);
      internal[STATES] = admission.states;
      context.keywright = admission.identified.caller;
      return undefined;
    },

    async after({ response, internal }) {
      const states = internal[STATES] as readonly LimitState[] | undefined;
      // A handler may return a bare value, which API Gateway itself makes an answer of: it has no headers.
      if (states === undefined || typeof response?.statusCode !== 'number') return;
      response.headers = { ...response.headers, ...limitHeaders(states, dependencies().now()) };
    },
  };
}

type Refused = Extract<Admission, { readonly refusal: RefusalDetails }>;

/** It can't be told which of the API's routes is called. */
const UNPLACED = { code: 'insufficient_permissions', cause: 'permission_missing' } as const;

interface Admitted {
  readonly admission: Admission | { readonly preflight: true };
  /** Who an authorizer says that the caller is. */
  readonly introduced?: Identified;
}

function unitsOf(cost: NonNullable<GuardOptions['cost']>, event: unknown): number {
  const units = typeof cost === 'function' ? cost(event) : cost;
  if (!Number.isSafeInteger(units) || units < 0) {
    throw new TypeError(`cost is ${units}; expected a whole number from 0`);
  }
  return units;
}

async function admit(
  event: GuardedEvent,
  { apiId, basePath }: GuardOptions,
  demand: Demand,
  dependencies: GuardDependencies,
): Promise<Admitted> {
  const access = 'ask' in dependencies ? verifyAccess(dependencies) : tableAccess(dependencies);
  const request = accessRequestOf(event, basePath);
  if (apiId !== undefined) {
    if (request.pathProblem === undefined) return { admission: await access.admit(request, demand) };
    dependencies.onWarning(request.pathProblem, undefined);
    return { admission: { refusal: UNPLACED } };
  }
  const who = introducedBy(event, dependencies.onWarning);
  if ('preflight' in who) return { admission: who };
  if ('code' in who) return { admission: { refusal: who } };
  const refusal = lacking(who, demand.permission);
  if (refusal !== undefined) return { admission: { refusal }, introduced: who };
  const cost = demand.cost();
  const admission = who.limits.length === 0 ? { states: [] } : await access.spend(who, request, cost);
  // What the gateway says of a caller holds; whoever spends in the caller's name adds what is left of the limits.
  if (!('states' in admission)) return { admission, introduced: who };
  return { admission: { identified: who, states: admission.states }, introduced: who };
}

type Who = Identified | { readonly preflight: true } | RefusalDetails;

function introducedBy(event: GuardedEvent, onWarning: GuardDependencies['onWarning']): Who {
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
