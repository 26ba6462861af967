import type { Outcome } from '../../core/access/outcome.ts';
import { logRefusal } from '../../core/access/refusal-log.ts';
import { logUse } from '../../core/access/use-log.ts';
import { REFUSALS } from '../../core/contract/refusals.ts';
import { permissionRefusal } from '../../core/domain/decision/checks.ts';
import { type Caller, refusal, type Verdict } from '../../core/domain/decision/decision.ts';
import { type LimitState, limitsOf, type Spending, secondsLeft } from '../../core/domain/decision/limit.ts';
import { limitHeaders } from '../../core/domain/decision/limit-headers.ts';
import { type RefusalDetails, refusalAnswer } from '../../core/domain/decision/refusal-answer.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import type { KeyFormat } from '../../core/domain/keys/key-format.ts';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import { invalidInput } from '../../core/management/input-faults.ts';
import { faultOf } from '../../core/management/request-reader.ts';
import {
  type Verification,
  type VerifyRequest,
  verifyRequest,
} from '../../core/management/schemas/verify-schemas.ts';
import type { VerifyDependencies } from './dependencies.ts';

/** Of an admitted request: what it was answered by its backend is not known here. */
const ADMITTED = 200;

/** An outcome of a request that is no preflight. */
type Decided = Pick<Outcome, 'caller' | 'route' | 'reading'> & { readonly decision: Verdict };

/**
 * What an authorizer would say of each request, in their order; of those admitted, what their limits say. A
 * request that is wrong itself, or names no API of ours, is no fault of the others: its result says so. All
 * are decided before the first spends, so that they spend in their order.
 */
export async function verifyBatch(
  requests: readonly unknown[],
  requestId: string,
  dependencies: VerifyDependencies,
): Promise<Verification[]> {
  const begun = await Promise.all(
    requests.map(async (request) => {
      const fault = faultOf(request);
      if (fault !== undefined) return { wrong: new DomainError('invalid_request', fault) };
      const { success, data, error } = verifyRequest.safeParse(request);
      if (!success) return { wrong: invalidInput(error) };
      const question = { ...data, requestId };
      const verdict = await decide(data, requestId, dependencies).catch((cause: unknown) => {
        noteFailure(cause, requestId, dependencies);
        return UNDECIDED;
      });
      return namesNoApi(verdict) ? { wrong: noSuchApi() } : { question, verdict };
    }),
  );
  return Promise.all(
    begun.map(async (one) => {
      if ('wrong' in one) return invalid(one.wrong);
      const concluded = await conclude(one.question, one.verdict, dependencies).catch((cause: unknown) => {
        noteFailure(cause, requestId, dependencies);
        return refused(one.question, UNAVAILABLE, dependencies);
      });
      return concluded instanceof DomainError ? invalid(concluded) : concluded;
    }),
  );
}

const UNAVAILABLE = refusal('unavailable');
const UNDECIDED: Decided = { decision: UNAVAILABLE, caller: undefined, route: undefined };

function noteFailure(cause: unknown, requestId: string, { logger }: VerifyDependencies): void {
  logger?.error('a request of several failed', { requestId, error: cause as Error });
}

/**
 * The same of one request.
 * @throws DomainError `invalid_request` for an API that does not exist, or a cost above a limit
 */
export async function verifyKey(
  question: VerifyRequest,
  requestId: string,
  dependencies: VerifyDependencies,
): Promise<Verification> {
  const verdict = await decide(question, requestId, dependencies);
  if (namesNoApi(verdict)) throw noSuchApi();
  const concluded = await conclude({ ...question, requestId }, verdict, dependencies);
  if (concluded instanceof DomainError) throw concluded;
  return concluded;
}

function namesNoApi({ decision }: Decided): boolean {
  return !decision.allowed && decision.cause === 'unknown_api';
}

function noSuchApi(): DomainError {
  return new DomainError('invalid_request', 'apiId: there is no such API', { param: 'apiId' });
}

function invalid({ param, message }: DomainError): Verification {
  return { valid: false, code: 'invalid_request', ...(param !== undefined && { param }), message };
}

async function decide(
  question: VerifyRequest,
  requestId: string,
  { authorizerOf, keyFormat }: VerifyDependencies,
): Promise<Decided> {
  const { apiId, method = '', path, ip, tenantId, permission } = question;
  const { decision, caller, route, reading } = await authorizerOf(apiId).authorize({
    headers: headersOf(question, schemeOf(question, keyFormat)),
    method,
    path,
    sourceIp: ip,
    requestId,
    tenantHeaderVisible: tenantId !== undefined,
    bindsSubscribers: true,
  });
  if (!decision.allowed) return { decision, caller, route };
  if (decision.caller === undefined) {
    throw new Error('only a preflight has no caller, and none is asked about');
  }
  const cause =
    permission === undefined ? undefined : permissionRefusal(decision.caller, requirementOf(permission));
  if (cause === undefined) return { decision, caller, route, reading };
  return { decision: refusal(cause, decision.caller.keyId, decision.caller), caller, route };
}

/** The headers that a caller of the scheme sends. */
function headersOf(
  { key, tenantId, clientKey, token, origin }: VerifyRequest,
  scheme: ProtectedApi['scheme'],
) {
  return {
    [scheme === 'subscription' ? 'ocp-apim-subscription-key' : 'x-api-key']: key,
    'x-tn': tenantId,
    'client-key': clientKey,
    authorization: token,
    origin,
  };
}

/** A key of Keywright's says by itself how it was sent; an imported one does not. */
function schemeOf({ key, scheme }: VerifyRequest, format: KeyFormat): ProtectedApi['scheme'] {
  return scheme ?? (format.parse(key)?.kind === 'sub' ? 'subscription' : 'tenant');
}

function requirementOf(permission: string) {
  const [resource = '', action] = permission.split(':');
  return { needs: [{ resource, action: action === 'read' ? action : 'write' } as const], open: false };
}

type Asked = VerifyRequest & { readonly requestId: string };

/** @returns a DomainError for a request that is admitted, and costs more than a limit has: nothing was spent */
async function conclude(
  question: Asked,
  verdict: Decided,
  dependencies: VerifyDependencies,
): Promise<Verification | DomainError> {
  const { decision, reading } = verdict;
  const verification = decision.allowed
    ? await spend(question, decision.caller, reading, dependencies)
    : refused(question, decision, dependencies);
  noteUse(question, verdict, statusOf(verification), dependencies);
  return verification;
}

async function spend(
  question: Asked,
  caller: Caller,
  reading: Decided['reading'],
  dependencies: VerifyDependencies,
): Promise<Verification | DomainError> {
  const { limiter, defaultLimits, now } = dependencies;
  const { cost = 1 } = question;
  const policies = limitsOf(caller, defaultLimits);
  const spending: Spending =
    cost === 0
      ? await limiter.look(caller.credentialId, policies)
      : await limiter.spend(caller.credentialId, policies, cost);
  if (!spending.admitted) {
    const { code } = spending;
    if (code === 'invalid_request') return new DomainError(code, spending.message, { param: spending.param });
    return refused(question, { ...refusal(spending.cause, caller.keyId, caller), ...spending }, dependencies);
  }
  // A lease may have been waited for, and the key ended meanwhile.
  if (reading?.isTooOld() === true) return refused(question, UNAVAILABLE, dependencies);
  return { valid: true, code: 'valid', ...factsOf(caller), ...rateLimitsOf(spending.states, now()) };
}

/** What the backend is taken to answer; undefined where nobody could decide. */
function statusOf(verification: Verification | DomainError): number | undefined {
  if (verification instanceof DomainError) return 400;
  const { code } = verification;
  if (code === 'invalid_request') return 400;
  if (code === 'authorizer_unavailable') return undefined;
  return code === 'valid' ? ADMITTED : REFUSALS[code].status;
}

/** As an access log would tell of it: each request whose caller was identified, whatever became of it. */
function noteUse(
  { counted = false, apiId, method, ip: sourceIp, requestId }: Asked,
  { caller, route }: Decided,
  status: number | undefined,
  { write, now }: VerifyDependencies,
): void {
  if (counted || caller === undefined || status === undefined) return;
  logUse(write, { caller, status, apiId, method, route, sourceIp, requestId }, now().getTime());
}

/** What backends learn of a caller from an authorizer's context too. */
function factsOf({ permissions, ...caller }: Caller) {
  const { keyId, tenantId, environment, keyType, role, subscription, secretId, oauthClientId } = caller;
  return {
    keyId,
    tenantId,
    environment,
    keyType,
    ...(role !== undefined && { role }),
    permissions: [...permissions],
    ...(subscription && { ...subscription, slot: secretId }),
    ...(oauthClientId !== undefined && { oauthClientId }),
  };
}

function refused(
  question: Asked,
  { states = [], ...refusal }: RefusalDetails,
  { keyFormat, now, write }: VerifyDependencies,
): Verification {
  const { code, cause, keyId, retryAfterSeconds } = refusal;
  const { ip: sourceIp, requestId } = question;
  logRefusal(write, refusal, { sourceIp, requestId }, now().getTime());
  const { status, headers, body } = refusalAnswer(schemeOf(question, keyFormat), refusal);
  return {
    valid: false,
    code,
    cause,
    ...(keyId !== undefined && { keyId }),
    ...rateLimitsOf(states, now()),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    answer: { status, headers: { ...headers, ...limitHeaders(states, now().getTime()) }, body: { ...body } },
  };
}

function rateLimitsOf(states: readonly LimitState[], now: Date): Pick<Verification, 'rateLimits'> {
  if (states.length === 0) return {};
  return {
    rateLimits: states.map(({ policy: { limit, period }, window, remaining }) => ({
      limit,
      ...(typeof period === 'number' ? { windowSeconds: period } : { period }),
      remaining,
      resetSeconds: secondsLeft(window, now.getTime()),
    })),
  };
}
