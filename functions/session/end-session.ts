import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { type EndReason, endSession, ownActor, type Session } from '../../core/domain/people/session.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { SessionDependencies } from './dependencies.ts';

type Ending = Pick<SessionDependencies, 'now' | 'randomBytes' | 'sessions' | 'issuer' | 'sealed' | 'logger'>;

export function contextFor(
  requestId: string,
  { now, randomBytes }: Pick<SessionDependencies, 'now' | 'randomBytes'>,
): Omit<ChangeContext, 'actor'> {
  const time = now();
  return { now: time, requestId, eventId: eventId(time, randomBytes) };
}

/**
 * Ends a session unless it has ended, and then makes its refresh token worthless at the issuer as far as that helps.
 * Not of one that another takes the place of: an issuer may withdraw with a token all that it gave this person's
 * browser (RFC 7009, 2.1), and so the new session's. The old token is then forgotten.
 */
export async function endWhereAlive(
  session: Session,
  reason: EndReason,
  request: { readonly requestId: string; readonly ip?: string },
  dependencies: Ending,
): Promise<void> {
  const { sessions, logger } = dependencies;
  const actor: ChangeContext['actor'] =
    reason === 'issuer' ? { type: 'system', id: 'keywright' } : ownActor(session, request.ip ?? null);
  const context = { ...contextFor(request.requestId, dependencies), actor };
  try {
    await decideUntilWritten(
      session,
      context,
      (before, own) => sessions.update(before, endSession(before, reason, own)),
      dependencies,
    );
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
  }
  if (reason === 'replaced') return;
  await revoke(session, dependencies).catch((error: unknown) =>
    logger.error('a refresh token could not be revoked', { error: error as Error }),
  );
}

async function revoke({ sessionId, refreshToken }: Session, { sealed, issuer }: Ending): Promise<void> {
  const opened = refreshToken === null ? undefined : await sealed.open(refreshToken, { session: sessionId });
  if (opened !== undefined) await issuer.revoke(opened);
}
