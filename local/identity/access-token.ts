import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { Person } from './people.ts';
import type { SigningKeys } from './signing-keys.ts';

/** `aud` of every access token: what the management API's JWT authorizer expects. */
export const AUDIENCE = 'keywright';

export const ACCESS_TOKEN_SECONDS = 3600;

/**
 * Authentication methods of a sign-in (RFC 8176): a password and a one-time code. As with Cognito, a first one has
 * the password alone, though a code is set up in the course of it.
 */
export const SIGN_IN_METHODS = { first: ['pwd'], later: ['pwd', 'otp', 'mfa'] } as const;

/** The claims, beside OAuth's own, that access tokens and ID tokens tell about a person. */
export function claimsOf(person: Pick<Person, 'email' | 'role' | 'tenants'>) {
  return {
    email: person.email,
    email_verified: true,
    ...(person.role !== null && { 'keywright:role': person.role }),
    'keywright:tenants': person.tenants,
  };
}

/** An access token as a finished sign-in gives it, for scripts that can't go through the sign-in page. */
export async function signAccessToken(o: {
  person: Person;
  keys: SigningKeys;
  issuer: string;
  now: Date;
  /** Which sign-in it is to be like; by default one with a second factor. */
  signIn?: keyof typeof SIGN_IN_METHODS;
}): Promise<string> {
  const issuedAt = Math.floor(o.now.getTime() / 1000);
  const amr = SIGN_IN_METHODS[o.signIn ?? 'later'];
  return new SignJWT({ ...claimsOf(o.person), amr, auth_time: issuedAt, client_id: 'keywright-cli' })
    .setProtectedHeader({ alg: 'RS256', kid: o.keys.signingKey.kid, typ: 'at+jwt' })
    .setIssuer(o.issuer)
    .setAudience(AUDIENCE)
    .setSubject(o.person.sub)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
    .sign(await importJWK(o.keys.signingKey, 'RS256'));
}
