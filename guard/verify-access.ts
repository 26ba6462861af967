import { isIP } from 'node:net';
import type { AccessRequest } from '../core/access/authorizer.ts';
import { REFUSALS } from '../core/contract/refusals.ts';
import type { Cause } from '../core/domain/decision/causes.ts';
import { type Credentials, readCredentials } from '../core/domain/decision/credentials.ts';
import { type LimitState, windowAt } from '../core/domain/decision/limit.ts';
import type { CarriedKey } from '../core/domain/keys/foreign-key.ts';
import type { KeyFormat } from '../core/domain/keys/key-format.ts';
import { TENANT_ID } from '../core/domain/tenants/tenant.ts';
import type { Verification } from '../core/management/schemas/verify-schemas.ts';
import type { Admission, Demand, GuardAccess } from './access.ts';
import { identifiedBy, UNINTRODUCED } from './guarded-caller.ts';

/** What a guard needs that asks `POST /v1/verify`. */
export interface VerifyAccessOptions {
  /** Posts a question and gives the answer. @throws Error when there is none in time */
  readonly ask: (question: object) => Promise<Verification>;
  /** The protected API whose callers are decided on; undefined behind an authorizer. */
  readonly apiId: string | undefined;
  readonly format: KeyFormat;
  /** Whether callers may have keys that were issued elsewhere and imported. */
  readonly acceptsImported: boolean;
  readonly now: () => number;
  readonly onWarning: (message: string, cause: unknown) => void;
}

const UNAVAILABLE = { code: 'authorizer_unavailable', cause: 'unavailable' } as const;

/** Decisions and limits of `verify`: the backend needs no right but to ask, and its callers' own keys. */
export function verifyAccess(options: VerifyAccessOptions): GuardAccess {
  const { ask, apiId, format, acceptsImported, now, onWarning } = options;

  const decide = async (question: object): Promise<Admission> => {
    try {
      return admissionOf(await ask(question), now());
    } catch (cause) {
      onWarning('verify gave no answer', cause);
      return { refusal: UNAVAILABLE };
    }
  };

  return {
    async admit(request: AccessRequest, { permission, cost }: Demand) {
      const sent = readCredentials(request.headers, request.method, format, acceptsImported);
      if (sent.preflight) return { preflight: true };
      const { key } = sent;
      if (key === undefined) return refusedHere(sent.problem ?? 'no_key');
      if (schemeOf(key) === 'subscription') {
        const beside = { clientKey: textOf(sent.clientKey), token: textOf(sent.token) };
        return decide({
          ...keyIn(sent, key, request),
          ...beside,
          ...routeIn(request, apiId),
          permission,
          cost: cost(),
        });
      }
      const { tenantId } = sent;
      if (tenantId === undefined) return refusedHere('no_tenant');
      const question = { ...keyIn(sent, key, request), ...routeIn(request, apiId), permission };
      if (TENANT_ID.test(tenantId)) return decide({ ...question, tenantId, cost: cost() });
      // What is no tenant id matches none; but who has no good key is to hear of that first.
      const admission = await decide({ ...question, cost: 0, counted: true });
      const isKeyBad = 'refusal' in admission && FIRST.includes(admission.refusal.code);
      return isKeyBad ? admission : { refusal: { code: 'tenant_mismatch', cause: 'tenant_mismatch' } };
    },

    async spend({ caller }, request, cost) {
      const { headers, method } = request;
      const read = (imported: boolean) => readCredentials(headers, method, format, imported);
      const asTold = read(acceptsImported);
      // The authorizer accepted it, imported or not.
      const sent = asTold.key === undefined ? read(true) : asTold;
      if (sent.key === undefined) {
        onWarning('an authorizer admitted a request in which no key can be found', undefined);
        return { refusal: UNAVAILABLE };
      }
      const { tenantId, keyId } = caller;
      const question = { ...keyIn(sent, sent.key, request), tenantId, cost, counted: true };
      const admission = await decide(question);
      if (!('identified' in admission) || admission.identified.caller.keyId === keyId) return admission;
      onWarning('the key in a request is not the one that its authorizer speaks of', undefined);
      return { refusal: UNINTRODUCED };
    },
  };
}

/** `verify` asks for well-formed fields, and a caller's headers and path hold anything. */
const ORIGIN = /^[!-~]{1,4000}$/;
const METHOD = /^[A-Z]{1,20}$/;
const LONGEST_TEXT = 4000;
const LONGEST_PATH = 8000;
/** What of a refusal comes before the tenant is looked at, or says that nobody could decide. */
const FIRST: readonly string[] = ['authentication_failed', 'authorizer_unavailable'];

function refusedHere(cause: Cause): Admission {
  return { refusal: { code: 'authentication_failed', cause } };
}

function keyIn({ origin }: Credentials, key: CarriedKey, { sourceIp }: AccessRequest) {
  return {
    key: key.text,
    scheme: schemeOf(key),
    // An origin that none can be is none: who is bound to origins is refused either way.
    ...(origin !== undefined && ORIGIN.test(origin) && { origin }),
    ...(sourceIp !== undefined && isIP(sourceIp) !== 0 && { ip: sourceIp }),
  };
}

/** What no route has is asked about in another spelling, or cut off where no route goes on: neither is granted more. */
function routeIn({ method, path = '/' }: AccessRequest, apiId: string | undefined) {
  const spelled = path.replaceAll(/[^!-~]|[?#]/gu, (one) => encodeURIComponent(one.toWellFormed()));
  return {
    apiId,
    method: METHOD.test(method) ? method : 'OTHER',
    path: `${spelled.startsWith('/') ? '' : '/'}${spelled}`.slice(0, LONGEST_PATH),
  };
}

/** A text that is longer than any good one is still none when it is cut. */
function textOf(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text.slice(0, LONGEST_TEXT);
}

function schemeOf(key: CarriedKey): 'tenant' | 'subscription' {
  if (key.kind === 'foreign') return key.scheme;
  return key.kind === 'sub' ? 'subscription' : 'tenant';
}

/** @throws TypeError for an answer of another version of Keywright, which this one can't read */
function admissionOf(verification: Verification, now: number): Admission {
  const {
    valid,
    code,
    cause,
    keyId,
    retryAfterSeconds,
    rateLimits = [],
    permissions = [],
    ...facts
  } = verification;
  const states = rateLimits.map((state) => stateOf(state, now));
  if (valid) {
    const identified = identifiedBy({ ...facts, keyId, permissions: permissions.join(' ') });
    if (identified === undefined) throw new TypeError('an answer that names no caller');
    return { identified, states };
  }
  if (code === 'invalid_request') {
    const { param, message = '' } = verification;
    if (param === 'cost') return { fault: { message } };
    throw new TypeError(`verify takes a field otherwise than this guard sends it: ${param}`);
  }
  if (code === 'valid' || !(code in REFUSALS)) throw new TypeError('a refusal without a code');
  return {
    refusal: {
      code,
      cause: cause as Cause,
      states,
      ...(keyId !== undefined && { keyId }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
    // A line of verify's own has it, and is the metric.
    isLogged: true,
  };
}

type ToldState = NonNullable<Verification['rateLimits']>[number];

function stateOf(
  { limit, windowSeconds, period, remaining, resetSeconds }: ToldState,
  now: number,
): LimitState {
  if (windowSeconds === undefined) {
    const quota = period ?? 'month';
    return { policy: { limit, period: quota }, window: windowAt('', quota, now), remaining, heldUntil: 0 };
  }
  const end = now + resetSeconds * 1000;
  const window = { id: '', index: 0, start: end - windowSeconds * 1000, end };
  return { policy: { limit, period: windowSeconds }, window, remaining, heldUntil: 0 };
}
