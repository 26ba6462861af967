import {
  AZURE_MESSAGES,
  AZURE_WWW_AUTHENTICATE,
  REFUSALS,
  type RefusalCode,
  refusalMessage,
  WWW_AUTHENTICATE,
} from '../../contract/refusals.ts';
import type { Cause } from './causes.ts';
import type { Refusal } from './decision.ts';
import type { LimitState } from './limit.ts';

/** A refusal to be put into words. */
export interface RefusalInput {
  readonly code: RefusalCode;
  /** Where it is known; the subscription scheme's 401s and 403s name it. */
  readonly cause?: Cause | undefined;
  /** Of a 429. */
  readonly retryAfterSeconds?: number;
}

/** A refusal with all that is known of it. */
export interface RefusalDetails extends Pick<Refusal, 'code' | 'cause' | 'keyId' | 'owner'> {
  /** Of a 429. */
  readonly retryAfterSeconds?: number;
  /** What is left of the caller's limits, where they were looked at. */
  readonly states?: readonly LimitState[];
}

export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const UNAVAILABLE_RETRY_SECONDS = 1;

/** The answer to a refused request, where all of it is ours to set: status, headers and body of the scheme. */
export function refusalAnswer(scheme: 'tenant' | 'subscription', telling: RefusalInput): RefusalAnswer {
  const { code, retryAfterSeconds } = telling;
  const { status, type } = REFUSALS[code];
  const message = messageFor(scheme, telling);
  const retry = status === 503 ? UNAVAILABLE_RETRY_SECONDS : retryAfterSeconds;
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      ...(status === 401 && { 'WWW-Authenticate': challengeFor(scheme, code) }),
      ...(retry !== undefined && { 'Retry-After': `${retry}` }),
    },
    body: scheme === 'subscription' ? { statusCode: status, message } : { error: { code, message, type } },
  };
}

/** The answer to a request that costs more than a limit of its caller's has in a whole window. */
export function costFaultAnswer(scheme: 'tenant' | 'subscription', message: string): RefusalAnswer {
  const status = 400;
  const error = { code: 'invalid_request', message, type: 'invalid_request_error', param: 'cost' };
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: scheme === 'subscription' ? { statusCode: status, message } : { error },
  };
}

function messageFor(
  scheme: 'tenant' | 'subscription',
  { code, cause, retryAfterSeconds = 1 }: RefusalInput,
): string {
  if (scheme === 'tenant') return refusalMessage(code, cause);
  switch (code) {
    case 'authentication_failed':
      return cause === 'no_key' ? AZURE_MESSAGES.missingKey : AZURE_MESSAGES.invalidKey;
    case 'rate_limit_exceeded':
      return `Rate limit is exceeded. Try again in ${retryAfterSeconds} seconds.`;
    case 'quota_exceeded':
      return `Out of call volume quota. Quota will be replenished in ${timeSpan(retryAfterSeconds)}.`;
    default:
      return refusalMessage(code, cause);
  }
}

function challengeFor(scheme: 'tenant' | 'subscription', code: RefusalCode): string {
  if (code === 'invalid_token') return AZURE_WWW_AUTHENTICATE.token;
  return scheme === 'subscription' ? AZURE_WWW_AUTHENTICATE.key : WWW_AUTHENTICATE;
}

/** As .NET writes spans of time: `07:01:20`, with the days in front where there are any: `6.07:01:20`. */
function timeSpan(seconds: number): string {
  const two = (number: number) => `${number}`.padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map(two)
    .join(':');
  return days === 0 ? clock : `${days}.${clock}`;
}
