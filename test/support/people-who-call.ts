import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { PeopleContext } from '../../core/contract/session.ts';
import { personTokens } from '../../core/oauth/person-tokens.ts';
import { authorizePerson } from '../../functions/people-authorizer/authorize-person.ts';
import type { TestAnswer, TestClaims, TestManagement, TestRequest } from './management.ts';
import { signIn } from './sessions.ts';
import { silentLogger } from './silent-logger.ts';
import type { TokenIssuer } from './token-issuer.ts';

export const OWN = 'tenant_own';
export const OTHER = 'tenant_other';
const ORIGIN = 'https://keys.example.com';
const RECENT_SECONDS = 900;

/** Somebody who calls the management API, and by what. */
export interface Caller {
  readonly claims: TestClaims;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookie?: string;
}

/** An answer, or that the people's authorizer let nobody in. */
export type Outcome = Pick<TestAnswer, 'status' | 'body'>;

/** The management API behind its real authorizer: whoever calls it comes by a token or a cookie. */
export class PeoplesApi {
  readonly management: TestManagement;
  readonly #issuer: TokenIssuer;
  readonly #authorize: (event: APIGatewayRequestAuthorizerEventV2) => Promise<{ context: PeopleContext }>;

  constructor(management: TestManagement, issuer: TokenIssuer) {
    this.management = management;
    this.#issuer = issuer;
    this.#authorize = authorizePerson({
      now: () => management.clock,
      sessions: management.sessions,
      tokens: personTokens({ issuer: issuer.issuer, audiences: ['keywright'] }, Date.now),
      renew: async () => undefined,
      origins: [ORIGIN],
      recentSignInSeconds: RECENT_SECONDS,
      logger: silentLogger,
    });
  }

  async byToken(claims: TestClaims): Promise<Caller> {
    const now = Math.floor(Date.now() / 1000);
    const token = await this.#issuer.sign({
      ...claims,
      amr: claims.amr?.replace(/[[\]]/g, '').split(' '),
      ...{ iss: this.#issuer.issuer, aud: 'keywright', iat: now, exp: now + 3600 },
    });
    return { claims, headers: { authorization: `Bearer ${token}` } };
  }

  /** @param signedInSecondsAgo when the person was last asked to sign in, and the session began */
  async bySession(claims: TestClaims, signedInSecondsAgo = 60): Promise<Caller> {
    const time = new Date(this.management.clock.getTime() - signedInSecondsAgo * 1000);
    const signedIn = { ...claims, auth_time: String(Math.floor(time.getTime() / 1000)) };
    const { cookie } = await signIn(this.management.sessions, signedIn, time);
    return { claims, cookie, headers: { 'x-keywright': '1', 'sec-fetch-site': 'same-origin' } };
  }

  /** Calls as API Gateway does: who it is first, then the function. */
  async call(
    { headers, cookie }: Caller,
    methodAndPath: string,
    request: TestRequest = {},
  ): Promise<Outcome> {
    const event = {
      cookies: cookie === undefined ? [] : [`__Host-kw=${cookie}`],
      headers,
      requestContext: { http: { method: methodAndPath.split(' ')[0] } },
    } as unknown as APIGatewayRequestAuthorizerEventV2;
    const people = await this.#authorize(event).then(
      ({ context }) => context,
      (error: Error) => (error.message === 'Unauthorized' ? undefined : Promise.reject(error)),
    );
    if (people === undefined) return { status: 401, body: { error: { code: 'unauthenticated' } } };
    return this.management.call(methodAndPath, { ...request, people });
  }
}
