import { randomBytes } from 'node:crypto';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { type Session, startSession } from '../../core/domain/people/session.ts';
import { type SessionStore, sessionIdOf } from '../../core/store/session-store.ts';
import type { TestClaims } from './management.ts';

/** Somebody's session as a sign-in leaves it, and its cookie's value. */
export async function signIn(
  sessions: SessionStore,
  claims: TestClaims,
  now: Date,
  given: { readonly refreshToken?: string | null; readonly tokenEndsAt?: Date } = {},
): Promise<{ readonly cookie: string; readonly session: Session }> {
  const cookie = randomBytes(32).toString('base64url');
  const input = {
    sessionId: sessionIdOf(cookie),
    claims,
    ip: '198.51.100.7',
    userAgent: 'jest',
    refreshToken: given.refreshToken ?? null,
    tokenEndsAt: given.tokenEndsAt,
  };
  const change = startSession(input, { now, requestId: 'sign-in', eventId: eventId(now, randomBytes) });
  await sessions.create(change);
  return { cookie, session: change.state };
}
