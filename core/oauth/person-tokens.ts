import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { TokenVerifier } from '../access/ports.ts';
import type { Claims } from '../domain/people/person.ts';
import type { OnWarning } from './issuer-keys.ts';
import { fetchJson, tokenVerifier } from './token-verifier.ts';

/** Whose access tokens people come with, and for whom these are. */
export interface PersonIssuer {
  readonly issuer: string;
  /** Of the portal and of the command, say: any will do. */
  readonly audiences: readonly string[];
}

/** Access tokens of people who signed in. */
export class PersonTokens {
  readonly #verifier: TokenVerifier;
  readonly #from: PersonIssuer;

  constructor(verifier: TokenVerifier, from: PersonIssuer) {
    this.#verifier = verifier;
    this.#from = from;
  }

  /**
   * The claims of a good access token, and until when it is good, in milliseconds since 1970; undefined for
   * whatever else.
   * @throws Error when the issuer's keys can't be read
   */
  async read(token: string): Promise<{ readonly claims: Claims; readonly expiresAt: number } | undefined> {
    const { issuer, audiences } = this.#from;
    for (const audience of audiences) {
      const requirement = { issuer, audience, requiredScopes: [], requiredRoles: [] };
      const verified = await this.#verifier.verify(token, requirement);
      if (verified === undefined) continue;
      return { claims: { ...decomposeUnverifiedJwt(token).payload }, expiresAt: verified.expiresAt };
    }
    return undefined;
  }
}

/** By the issuer's published keys. */
export function personTokens(from: PersonIssuer, now: () => number, onWarning?: OnWarning): PersonTokens {
  return new PersonTokens(tokenVerifier(fetchJson, now, onWarning), from);
}
