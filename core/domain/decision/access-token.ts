import type { OauthRequirement } from '../products/protected-api.ts';

/** A token's header (JOSE) or claims, verified as far as its signature, issuer and times go. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** What a good token says: who its client is, what it is for, and until when it is good, in milliseconds since 1970. */
export interface VerifiedToken {
  readonly clientId: string | undefined;
  /** Of the scopes that routes ask for those that it has; absent where they ask for none. */
  readonly scopes?: readonly string[];
  readonly expiresAt: number;
}

/** Media types that an access token may have: RFC 9068's, and that of any JWT. Compared without their prefix. */
const TYPES: readonly unknown[] = ['at+jwt', 'jwt'];
const MEDIA_TYPE_PREFIX = 'application/';
/** Claims of ID tokens (OpenID Connect Core, 3.3.2.11) and of security events. */
const NO_ACCESS_TOKENS_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'events'];
/** Where issuers name the client, in the order in which one is taken. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'appid', 'cid'];

/**
 * Whether a token is an access token for this API, and not another token of the same issuer. Issuers differ in
 * where they say so:
 * - kind: `typ` in the header (RFC 9068), `token_use` (Cognito), `typ` among the claims (Keycloak); an ID token
 *   that says nothing of the kind has a hash of what was issued with it, or the sign-in's `nonce`
 * - audience: `aud`, one or many; Cognito's access tokens have none and name the audience as `client_id`
 * - scopes: `scope` (RFC 9068, Cognito, Auth0) or `scp` (Entra ID, Okta), as a text or a list
 * - roles: `roles` (Entra ID, RFC 9068), `cognito:groups`, or `permissions` (Auth0)
 * - client: `client_id` (RFC 9068, Cognito), `azp` (Entra ID v2, Auth0), `appid` (Entra ID v1) or `cid` (Okta)
 * @param asked the scopes that routes ask for besides
 * @returns undefined where anything that is required is missing
 */
export function acceptToken(
  header: TokenClaims,
  claims: TokenClaims,
  requirement: OauthRequirement,
  asked?: readonly string[],
): VerifiedToken | undefined {
  const { audience, requiredScopes, requiredRoles } = requirement;
  const { aud, client_id: client, token_use: use, exp } = claims;
  if (typeof exp !== 'number' || !isAccessTokenHeader(header) || isOfAnotherKind(claims)) return undefined;
  // Without an audience, only a token that calls itself an access token can be none of the issuer's others.
  const audiences = aud === undefined && use === 'access' ? listed(client) : listed(aud);
  const scopes = new Set([...words(claims.scope), ...words(claims.scp)]);
  const roles = new Set([
    ...listed(claims.roles),
    ...listed(claims['cognito:groups']),
    ...listed(claims.permissions),
  ]);
  const meets =
    saysWhatItIs(header, claims) &&
    audiences.includes(audience) &&
    requiredScopes.every((scope) => scopes.has(scope)) &&
    requiredRoles.every((role) => roles.has(role));
  if (!meets) return undefined;
  const clientId = CLIENT_CLAIMS.map((name) => text(claims[name])).find(Boolean);
  const found = asked && { scopes: asked.filter((scope) => scopes.has(scope)) };
  return { clientId, ...found, expiresAt: exp * 1000 };
}

/** Whether the header is an access token's; `crit` names what must be understood (RFC 7515, 4.1.11), and nothing is. */
function isAccessTokenHeader(header: TokenClaims): boolean {
  return !Object.hasOwn(header, 'crit') && (header.typ === undefined || TYPES.includes(typeOf(header)));
}

/**
 * Whether claims say of themselves that they are not an access token's but an ID token's, a refresh token's, or
 * tell of something that happened (RFC 8417), such as a logout.
 */
export function isOfAnotherKind(claims: TokenClaims): boolean {
  const { token_use: use, typ: kind } = claims;
  return (
    (use !== undefined && use !== 'access') ||
    (kind !== undefined && lowered(kind) !== 'bearer') ||
    NO_ACCESS_TOKENS_CLAIMS.some((name) => Object.hasOwn(claims, name)) ||
    // Some issuers leave a sign-in's nonce in access tokens too; those say what they are.
    (Object.hasOwn(claims, 'nonce') && use === undefined && kind === undefined)
  );
}

/** Whether anything says that it is an access token: its kind, its scopes or its client. ID tokens have none of them. */
function saysWhatItIs(header: TokenClaims, claims: TokenClaims): boolean {
  return (
    typeOf(header) === 'at+jwt' ||
    ['token_use', 'typ', 'scope', 'scp', ...CLIENT_CLAIMS].some((name) => Object.hasOwn(claims, name))
  );
}

/** RFC 7515, 4.1.9: in any case, with or without the prefix. */
function typeOf({ typ }: TokenClaims): string | undefined {
  const type = lowered(typ);
  return type?.startsWith(MEDIA_TYPE_PREFIX) ? type.slice(MEDIA_TYPE_PREFIX.length) : type;
}

function lowered(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function text(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}

/** A claim that is one text or a list of them. */
function listed(claim: unknown): readonly string[] {
  const values = Array.isArray(claim) ? claim : [claim];
  return values.filter((value) => typeof value === 'string');
}

/** A claim that separates its texts by spaces, or lists them: then each is taken whole. */
function words(claim: unknown): readonly string[] {
  return typeof claim === 'string' ? claim.split(' ') : listed(claim);
}
