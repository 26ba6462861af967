import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { PeopleContext } from '../../core/contract/session.ts';
import { isProvenOwn } from '../../core/domain/people/same-origin.ts';
import {
  isAlive,
  isRecentSignIn,
  isToBeRenewed,
  isToBeSeen,
  readClaims,
  type Session,
} from '../../core/domain/people/session.ts';
import { cookieNamesOf, sessionCookieIn } from '../../core/domain/people/session-cookie.ts';
import type { PersonTokens } from '../../core/oauth/person-tokens.ts';
import { type SessionStore, sessionIdOf } from '../../core/store/session-store.ts';

/** What the people's authorizer needs. */
export interface PeopleAuthorizerDependencies {
  readonly now: () => Date;
  readonly sessions: Pick<SessionStore, 'get' | 'noteSeen'>;
  readonly tokens: Pick<PersonTokens, 'read'>;
  /** Asks the function `session` to renew a session, and does not wait for it. */
  readonly renew: (sessionId: string) => Promise<unknown>;
  /** Of the portals. */
  readonly origins: readonly string[];
  /** How long a sign-in counts as recent. */
  readonly recentSignInSeconds: number;
  readonly logger: Pick<Logger, 'error'>;
}

/** A simple response of payload format 2.0. */
interface Authorization {
  readonly isAuthorized: true;
  readonly context: PeopleContext;
}

/** API Gateway makes a 401 of this one message, and of nothing else. */
const UNAUTHORIZED = 'Unauthorized';

/**
 * Says who calls the management API: by the access token in `Authorization`, or by the portal's cookie. What the
 * gateway has no answer for is handed on as a problem and without claims, so that nobody is let in by it. What the
 * person may do is the functions' business; a person's memberships they read themselves, whenever it is by these.
 * @throws Error `Unauthorized` where neither is good
 */
export function authorizePerson(dependencies: PeopleAuthorizerDependencies) {
  const names = cookieNamesOf(dependencies.origins);
  return async (event: APIGatewayRequestAuthorizerEventV2): Promise<Authorization> => {
    const cookie = sessionCookieIn(event.cookies ?? [], names);
    const token = event.headers?.authorization;
    return { isAuthorized: true, context: await contextOf(event, { cookie, token }, dependencies) };
  };
}

async function contextOf(
  event: APIGatewayRequestAuthorizerEventV2,
  { cookie, token }: { cookie: ReturnType<typeof sessionCookieIn>; token: string | undefined },
  dependencies: PeopleAuthorizerDependencies,
): Promise<PeopleContext> {
  if (cookie !== undefined && token !== undefined) return { problem: 'two_credentials' };
  if (token === undefined && (cookie === undefined || cookie === 'unclear')) throw new Error(UNAUTHORIZED);
  const found = await (token === undefined
    ? bySession(Object(cookie).value, dependencies)
    : byToken(token, dependencies)
  ).catch((error: unknown): PeopleContext => {
    dependencies.logger.error('who calls could not be found out', { error: error as Error });
    return { problem: 'unavailable' };
  });
  if (found === undefined) throw new Error(UNAUTHORIZED);
  const { method } = event.requestContext.http;
  const isProven = token !== undefined || isProvenOwn(method, event.headers ?? {}, dependencies.origins);
  if (found.problem === undefined && !isProven) return { problem: 'csrf' };
  const { sub } = found.claims ?? {};
  return { ...found, ...(typeof sub === 'string' && { subject: sub }) };
}

async function byToken(
  authorization: string,
  { tokens }: PeopleAuthorizerDependencies,
): Promise<PeopleContext | undefined> {
  const read = await tokens.read(authorization.replace(/^bearer\s+/i, ''));
  return read && { claims: readClaims(read.claims) };
}

async function bySession(
  cookie: string,
  dependencies: PeopleAuthorizerDependencies,
): Promise<PeopleContext | undefined> {
  const { sessions, now, recentSignInSeconds } = dependencies;
  const session = await sessions.get(sessionIdOf(cookie));
  const time = now();
  if (session === undefined || !isAlive(session, time)) return undefined;
  await keepUp(session, time, dependencies);
  const { sessionId, startedAt, endsAt, claims } = session;
  const isRecent = isRecentSignIn(session, time, recentSignInSeconds);
  return { claims, session: { sessionId, startedAt, endsAt, isRecent } };
}

/** A use that is not noted, or an issuer that is not asked now, keeps nobody out: the next request tries again. */
async function keepUp(
  session: Session,
  now: Date,
  { sessions, renew, logger }: PeopleAuthorizerDependencies,
): Promise<void> {
  const steps = [
    isToBeSeen(session, now) && sessions.noteSeen(session, now),
    isToBeRenewed(session, now) && renew(session.sessionId),
  ];
  for (const step of await Promise.allSettled(steps)) {
    if (step.status === 'rejected') logger.error('a session could not be kept up', { error: step.reason });
  }
}
