import { type CarriedKey, type ForeignKey, foreignKey } from './imported-key.ts';
import type { KeyFormat, PresentedKey } from './key-format.ts';

/** What a request says of who sends it, before anything is looked up. */
export interface Credentials {
  readonly key: CarriedKey | undefined;
  /** `x-tn`, where it was sent exactly once. */
  readonly tenantId: string | undefined;
  readonly origin: string | undefined;
  /** `Client-Key`, as it was sent. */
  readonly clientKey: string | undefined;
  /** The bearer token beside a subscription key. */
  readonly token: string | undefined;
  /** Why `key` is undefined. */
  readonly problem: 'no_key' | 'malformed_key' | 'two_keys' | undefined;
  /** True for a CORS preflight (Fetch standard, 4.8), which carries no credentials by definition. */
  readonly preflight: boolean;
}

/** Header values as API Gateway passes them on: in any case, once or several times. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const BEARER = /^bearer +/i;

/** The headers that are read, by their length: most others are told apart without changing their case. */
const HEADERS: Readonly<Record<number, string>> = Object.fromEntries(
  [
    'x-tn',
    'origin',
    'x-api-key',
    'client-key',
    'authorization',
    'ocp-apim-subscription-key',
    'access-control-request-method',
  ].map((name) => [name.length, name]),
);

/**
 * Reads both schemes' headers. Tenant scheme: `x-api-key` or `Authorization: Bearer`, and `x-tn`; a bearer
 * token that is no key stays out of the way of an `x-api-key`, since a backend may use it for itself.
 * Subscription scheme: `Ocp-Apim-Subscription-Key`, `Client-Key` and a bearer token. Two different keys are
 * refused; the query string is never looked at.
 * @param acceptsForeign whether a text that is no key of this operator's may be one that was imported
 */
export function readCredentials(
  headers: Headers,
  method: string,
  format: KeyFormat,
  acceptsForeign: boolean,
): Credentials {
  let apiKey: string | undefined;
  let bearer: string | undefined;
  let subscriptionKey: string | undefined;
  let clientKey: string | undefined;
  let tenantId: string | undefined;
  let origin: string | undefined;
  let requestMethod: string | undefined;
  for (const name in headers) {
    const wanted = HEADERS[name.length];
    if (wanted === undefined || (name !== wanted && name.toLowerCase() !== wanted)) continue;
    const value = join(headers[name]);
    if (wanted === 'x-tn') tenantId = value;
    else if (wanted === 'origin') origin = value;
    else if (wanted === 'x-api-key') apiKey = value;
    else if (wanted === 'client-key') clientKey = value;
    else if (wanted === 'authorization') bearer = value?.replace(BEARER, '');
    else if (wanted === 'ocp-apim-subscription-key') subscriptionKey = value;
    else requestMethod = value;
  }
  const preflight = method === 'OPTIONS' && origin !== undefined && requestMethod !== undefined;
  const { key, problem } =
    subscriptionKey === undefined
      ? pickTenantKey(apiKey, bearer, format, acceptsForeign)
      : pickSubscriptionKey(subscriptionKey, apiKey, bearer, format, acceptsForeign);
  return { key, problem, tenantId, origin, clientKey, token: bearer, preflight };
}

type Picked = { readonly key: CarriedKey | undefined; readonly problem: Credentials['problem'] };

function pickTenantKey(
  apiKey: string | undefined,
  bearer: string | undefined,
  format: KeyFormat,
  acceptsForeign: boolean,
): Picked {
  const keyOf = (text: string) => tenantKey(text, format) ?? foreign(text, 'tenant', format, acceptsForeign);
  if (apiKey === undefined && bearer === undefined) return { key: undefined, problem: 'no_key' };
  if (apiKey === bearer || apiKey === undefined || bearer === undefined) {
    return keyOrProblem(keyOf(apiKey ?? bearer ?? ''));
  }
  if (tenantKey(bearer, format) !== undefined) return { key: undefined, problem: 'two_keys' };
  return keyOrProblem(keyOf(apiKey));
}

function pickSubscriptionKey(
  text: string,
  apiKey: string | undefined,
  bearer: string | undefined,
  format: KeyFormat,
  acceptsForeign: boolean,
): Picked {
  const another = apiKey !== undefined || (bearer !== undefined && format.parse(bearer) !== undefined);
  if (another) return { key: undefined, problem: 'two_keys' };
  const key = format.parse(text);
  return keyOrProblem(key?.kind === 'sub' ? key : foreign(text, 'subscription', format, acceptsForeign));
}

/** A key of this operator's in the wrong header is none of anybody else's. */
function foreign(
  text: string,
  scheme: ForeignKey['scheme'],
  format: KeyFormat,
  accepted: boolean,
): ForeignKey | undefined {
  return accepted && format.parse(text) === undefined ? foreignKey(text, scheme) : undefined;
}

function keyOrProblem(key: CarriedKey | undefined): Picked {
  return { key, problem: key === undefined ? 'malformed_key' : undefined };
}

/** Subscription and client keys are no keys of the tenant scheme. */
function tenantKey(text: string, format: KeyFormat): PresentedKey | undefined {
  const key = format.parse(text);
  return key?.kind === 'sk' || key?.kind === 'pk' ? key : undefined;
}

/**
 * Repeats of one value count once; different values are joined, which makes neither a key nor a tenant.
 * HTTP APIs join repeats with commas themselves.
 */
function join(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined || (typeof value === 'string' && !value.includes(','))) return value;
  const values = typeof value === 'string' ? value.split(',') : value;
  const first = values[0];
  return values.every((each) => each === first) ? first : values.join(',');
}
