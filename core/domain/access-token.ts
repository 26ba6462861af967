import type { OauthRequirement } from './protected-api.ts';

/** A token's claims, verified as far as its signature, issuer and times go. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** What a good token says: who its client is, and until when it is good, in milliseconds since 1970. */
export interface VerifiedToken {
  readonly clientId: string | undefined;
  readonly expiresAt: number;
}

/**
 * Whether a token is an access token for this API. Issuers differ in where they say so:
 * - audience: `aud`, one or many; Cognito's access tokens have none and name the audience as `client_id`
 * - scopes: `scope` (RFC 9068, Cognito, Auth0) or `scp` (Entra ID), as a text or a list
 * - roles: `roles` (Entra ID, RFC 9068), `cognito:groups`, or `permissions` (Auth0)
 * - client: `client_id` (RFC 9068, Cognito), `azp` (Entra ID v2, Auth0) or `appid` (Entra ID v1)
 * @returns undefined where anything that is required is missing
 */
export function acceptToken(claims: TokenClaims, requirement: OauthRequirement): VerifiedToken | undefined {
  const { audience, requiredScopes, requiredRoles } = requirement;
  const { aud, client_id: client, token_use: use, exp } = claims;
  if (typeof exp !== 'number' || (use !== undefined && use !== 'access')) return undefined;
  const audiences = aud === undefined ? words(client) : listed(aud);
  const scopes = new Set([...words(claims.scope), ...words(claims.scp)]);
  const roles = new Set([
    ...listed(claims.roles),
    ...listed(claims['cognito:groups']),
    ...listed(claims.permissions),
  ]);
  const meets =
    audiences.includes(audience) &&
    requiredScopes.every((scope) => scopes.has(scope)) &&
    requiredRoles.every((role) => roles.has(role));
  return meets
    ? { clientId: text(client) ?? text(claims.azp) ?? text(claims.appid), expiresAt: exp * 1000 }
    : undefined;
}

function text(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}

/** A claim that is one text or a list of them. */
function listed(claim: unknown): readonly string[] {
  const values = Array.isArray(claim) ? claim : [claim];
  return values.filter((value) => typeof value === 'string');
}

/** A claim that separates its texts by spaces, or lists them. */
function words(claim: unknown): readonly string[] {
  return listed(claim).flatMap((value) => value.split(' '));
}
