import type { KeyFormat, PresentedKey } from './key-format.ts';

/** What a request says of who sends it, before anything is looked up. */
export interface Credentials {
  readonly key: PresentedKey | undefined;
  /** `x-tn`, where it was sent exactly once. */
  readonly tenantId: string | undefined;
  readonly origin: string | undefined;
  /** Why `key` is undefined. */
  readonly problem: 'no_key' | 'malformed_key' | 'two_keys' | undefined;
  /** True for a CORS preflight (Fetch standard, 4.8), which carries no credentials by definition. */
  readonly preflight: boolean;
}

/** Header values as API Gateway passes them on: in any case, once or several times. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const BEARER = /^bearer +/i;

/**
 * Reads the tenant scheme's headers: `x-api-key` or `Authorization: Bearer`, `x-tn`, `Origin`. A bearer
 * token that is no key stays out of the way of an `x-api-key`, since a backend may use it for itself. Two
 * different keys are refused; the query string is never looked at.
 */
export function readCredentials(headers: Headers, method: string, format: KeyFormat): Credentials {
  let apiKey: string | undefined;
  let bearer: string | undefined;
  let tenantId: string | undefined;
  let origin: string | undefined;
  let requestMethod: string | undefined;
  for (const name in headers) {
    // Most headers are sorted out by their length alone, without changing their case.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'x-tn') tenantId = join(headers[name]);
        break;
      case 6:
        if (name.toLowerCase() === 'origin') origin = join(headers[name]);
        break;
      case 9:
        if (name.toLowerCase() === 'x-api-key') apiKey = join(headers[name]);
        break;
      case 13:
        if (name.toLowerCase() === 'authorization') bearer = join(headers[name])?.replace(BEARER, '');
        break;
      case 29:
        if (name.toLowerCase() === 'access-control-request-method') requestMethod = join(headers[name]);
        break;
    }
  }
  const preflight = method === 'OPTIONS' && origin !== undefined && requestMethod !== undefined;
  return { ...pickKey(apiKey, bearer, format), tenantId, origin, preflight };
}

function pickKey(
  apiKey: string | undefined,
  bearer: string | undefined,
  format: KeyFormat,
): Pick<Credentials, 'key' | 'problem'> {
  if (apiKey === undefined && bearer === undefined) return { key: undefined, problem: 'no_key' };
  if (apiKey === bearer || apiKey === undefined || bearer === undefined) {
    return keyOrProblem(tenantKey(apiKey ?? bearer ?? '', format));
  }
  if (tenantKey(bearer, format) !== undefined) return { key: undefined, problem: 'two_keys' };
  return keyOrProblem(tenantKey(apiKey, format));
}

function keyOrProblem(key: PresentedKey | undefined): Pick<Credentials, 'key' | 'problem'> {
  return { key, problem: key === undefined ? 'malformed_key' : undefined };
}

/** Subscription and client keys are no keys of the tenant scheme. */
function tenantKey(text: string, format: KeyFormat): PresentedKey | undefined {
  const key = format.parse(text);
  return key?.kind === 'sk' || key?.kind === 'pk' ? key : undefined;
}

/** Repeats of one value count once; different values are joined, which makes neither a key nor a tenant. */
function join(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  const first = value[0];
  return value.every((each) => each === first) ? first : value.join(',');
}
