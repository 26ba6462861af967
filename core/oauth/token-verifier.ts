import { KidNotFoundInJwksError } from 'aws-jwt-verify/error';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { TokenVerifier } from '../access/ports.ts';
import { acceptToken, type TokenClaims, type VerifiedToken } from '../domain/decision/access-token.ts';
import type { OauthRequirement } from '../domain/products/protected-api.ts';
import { type FetchJson, IssuerKeys, type OnWarning } from './issuer-keys.ts';

const CLOCK_SKEW_SECONDS = 60;
/** Longer than any issuer's tokens; what is longer is not even decoded. */
const LONGEST_TOKEN = 16_384;
/** Keys take two fetches, one after the other. */
const FETCH_MILLISECONDS = 1000;

/**
 * Verifies access tokens (JWTs, RFC 9068 and its forerunners) by their issuer's published keys. Only
 * asymmetric algorithms are accepted, and only that of the key; the header's `jwk`, `jku` and `x5u` are
 * never looked at, so a token causes no request to an address of its own choosing.
 */
export function tokenVerifier(fetchJson: FetchJson, now: () => number, onWarning?: OnWarning): TokenVerifier {
  const issuers = new Map<string, IssuerKeys>();
  const keysOf = (issuer: string): IssuerKeys => {
    const known = issuers.get(issuer) ?? new IssuerKeys(issuer, fetchJson, now, onWarning);
    issuers.set(issuer, known);
    return known;
  };
  return {
    async verify(token, requirement, asked) {
      if (token.length > LONGEST_TOKEN) return undefined;
      const keys = keysOf(requirement.issuer);
      const known = await keys.current();
      const verified = check(token, known, requirement, asked);
      if (verified !== 'unknown_key') return verified;
      const fresh = await keys.refreshed(known);
      const again = fresh && check(token, fresh, requirement, asked);
      return again === 'unknown_key' ? undefined : again;
    },
  };
}

/** Gets JSON over HTTP: no redirects, within a second. */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MILLISECONDS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** Nothing here waits for anybody: whatever a token makes the library throw, the token is not good. */
function check(
  token: string,
  keys: Jwks,
  requirement: OauthRequirement,
  asked: readonly string[] | undefined,
): VerifiedToken | 'unknown_key' | undefined {
  let header: TokenClaims = {};
  const options = {
    issuer: requirement.issuer,
    audience: null,
    graceSeconds: CLOCK_SKEW_SECONDS,
    customJwtCheck: (verified: { readonly header: object }) => {
      header = { ...verified.header };
    },
  };
  try {
    const claims = verifyJwtSync(token, keys, options);
    return acceptToken(header, claims, requirement, asked);
  } catch (error) {
    return error instanceof KidNotFoundInJwksError ? 'unknown_key' : undefined;
  }
}
