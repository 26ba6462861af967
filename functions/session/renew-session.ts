import { isAlive, isToBeRenewed, renewedClaims, type Session } from '../../core/domain/people/session.ts';
import type { SessionDependencies } from './dependencies.ts';
import { endWhereAlive } from './end-session.ts';
import { IssuerRefusal } from './issuer.ts';

/** The answers that say that a person's sign-in is worth nothing any more, and not that something is amiss (RFC 6749, 5.2). */
const WITHDRAWN: readonly string[] = ['invalid_grant', 'access_denied'];

/**
 * Asks the issuer what it says of a person now: roles may have changed, and a person who was barred there is signed
 * out here. Of several at once one asks, for an issuer may take the same refresh token twice for theft.
 * @param requestId of the invocation
 */
export async function renewSession(
  sessionId: string,
  requestId: string,
  dependencies: Omit<SessionDependencies, 'origins'>,
): Promise<void> {
  const { sessions, sealed, now } = dependencies;
  const session = await sessions.get(sessionId);
  if (session === undefined || !isAlive(session, now()) || !isToBeRenewed(session, now())) return;
  if (!(await sessions.leaseRenewal(session, now()))) return;
  const renewed = await ask(session, dependencies);
  if (renewed === 'withdrawn') return endWhereAlive(session, 'issuer', { requestId }, dependencies);
  const { claims, refreshToken } = renewed;
  const purpose = { session: sessionId };
  const kept = refreshToken === undefined ? session.refreshToken : await sealed.seal(refreshToken, purpose);
  if (typeof kept !== 'string') return endWhereAlive(session, 'issuer', { requestId }, dependencies);
  await sessions.noteRenewal(session, {
    claims: renewedClaims(session.claims, claims),
    refreshToken: kept,
    now: now(),
  });
}

async function ask(
  { sessionId, sub, refreshToken }: Session,
  { sealed, issuer }: Omit<SessionDependencies, 'origins'>,
) {
  const opened = await sealed.open(String(refreshToken), { session: sessionId });
  if (opened === undefined) return 'withdrawn' as const;
  try {
    const renewed = await issuer.renew(opened);
    const { sub: named = sub } = renewed.claims;
    return named === sub ? renewed : ('withdrawn' as const);
  } catch (error) {
    if (error instanceof IssuerRefusal && WITHDRAWN.includes(error.code)) return 'withdrawn' as const;
    throw error;
  }
}
