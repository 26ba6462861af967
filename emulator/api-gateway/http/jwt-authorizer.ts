import {
  createRemoteJWKSet,
  type JWTPayload,
  type JWTVerifyGetKey,
  errors as joseErrors,
  jwtVerify,
} from 'jose';
import type { HttpJwtAuthorizer } from './http-definition.ts';

export type JwtOutcome =
  | {
      readonly kind: 'valid';
      readonly claims: Readonly<Record<string, string>>;
      readonly scopes: readonly string[];
    }
  /** `challenge` is the `www-authenticate` header of the answer. */
  | { readonly kind: 'unauthorized' | 'forbidden'; readonly challenge: string };

/** Quotas for OpenID Connect discovery and for the key set. */
const TIMEOUT_MILLISECONDS = 1500;
/** "Currently, only RSA-based algorithms are supported." */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/**
 * Checks tokens against the key sets of their issuers, which are found by OpenID Connect discovery and
 * kept. An issuer that can't be reached is a token that can't be verified: 401, as any failed step is.
 */
export class JwtVerifier {
  readonly #now: () => Date;
  readonly #keys = new Map<string, Promise<JWTVerifyGetKey>>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** `presented` is the identity source's value: the token, alone or after `Bearer `. */
  async verify(
    authorizer: HttpJwtAuthorizer,
    presented: string | undefined,
    routeScopes: readonly string[],
  ): Promise<JwtOutcome> {
    if (presented === undefined) return { kind: 'unauthorized', challenge: 'Bearer' };
    try {
      const payload = await this.#verified(authorizer, presented.replace(/^bearer\s+/i, ''));
      const scopes = scopesOf(payload);
      if (routeScopes.length > 0 && !routeScopes.some((scope) => scopes.includes(scope))) {
        return { kind: 'forbidden', challenge: insufficientScope(routeScopes) };
      }
      return { kind: 'valid', claims: stringifiedClaims(payload), scopes };
    } catch (error) {
      const description =
        error instanceof joseErrors.JOSEError ? error.message : 'the token could not be verified';
      return { kind: 'unauthorized', challenge: invalidToken(description) };
    }
  }

  async #verified(authorizer: HttpJwtAuthorizer, token: string): Promise<JWTPayload> {
    const keys = await this.#keysOf(authorizer.issuer);
    const now = this.#now();
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: authorizer.issuer,
      algorithms: ALGORITHMS,
      currentDate: now,
      requiredClaims: ['exp'],
    });
    if (protectedHeader.kid === undefined) throw new joseErrors.JWTInvalid('the token does not name its key');
    if ((payload.iat ?? 0) > now.getTime() / 1000)
      throw new joseErrors.JWTInvalid('the token is used before issued');
    if (!audienceOf(payload).some((audience) => authorizer.audience.includes(audience))) {
      throw new joseErrors.JWTInvalid('the token does not have a valid audience');
    }
    return payload;
  }

  #keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    const known = this.#keys.get(issuer);
    if (known !== undefined) return known;
    const discovered = discoverKeys(issuer);
    this.#keys.set(issuer, discovered);
    // A failed discovery must not be remembered.
    discovered.catch(() => this.#keys.delete(issuer));
    return discovered;
  }
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  const { jwks_uri: keySetUrl } = (await response.json()) as { jwks_uri?: unknown };
  if (typeof keySetUrl !== 'string') throw new Error(`${url} names no jwks_uri`);
  return createRemoteJWKSet(new URL(keySetUrl), { timeoutDuration: TIMEOUT_MILLISECONDS });
}

/** A token is for whom `aud` says; tokens without it (Cognito's access tokens) say it in `client_id`. */
function audienceOf(payload: JWTPayload): string[] {
  const audience = [payload.aud ?? []].flat();
  return audience.length === 0 && typeof payload.client_id === 'string' ? [payload.client_id] : audience;
}

function scopesOf(payload: JWTPayload): string[] {
  const scope = payload.scope ?? payload.scp ?? [];
  if (typeof scope === 'string') return scope.split(' ').filter(Boolean);
  return Array.isArray(scope) ? scope.filter((item) => typeof item === 'string') : [];
}

/** Claims are text in an event: numbers and booleans as JSON has them, lists as `[a b]`. */
function stringifiedClaims(payload: JWTPayload): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]));
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `map[${Object.entries(value)
    .map(([name, item]) => `${name}:${claimText(item)}`)
    .join(' ')}]`;
}

function invalidToken(description: string): string {
  return `Bearer scope="" error="invalid_token" error_description="${description.replaceAll('"', "'")}"`;
}

function insufficientScope(scopes: readonly string[]): string {
  return `Bearer scope="${scopes.join(' ')}" error="insufficient_scope" error_description="the token does not have a required scope"`;
}
