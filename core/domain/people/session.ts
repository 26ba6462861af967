import type { Actor } from '../../contract/events.ts';
import { IDLE_SECONDS, LONGEST_SESSION_SECONDS } from '../../contract/session.ts';
import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { notFound } from '../ground/not-found.ts';
import { type Claims, personOf } from './person.ts';

/** Somebody's sign-in in one browser. */
export interface Session {
  /** `session_` and the SHA-256 of the cookie's value, in hex: the value itself is kept nowhere. */
  readonly sessionId: string;
  readonly sub: string;
  readonly email: string | null;
  /** What the issuer said of the person; how and when the person signed in stays as it was then. */
  readonly claims: Claims;
  readonly startedAt: string;
  /** When it ends, however it is used. */
  readonly endsAt: string;
  /** To a minute. */
  readonly lastSeenAt: string;
  /** When the issuer was last asked about the person. */
  readonly renewedAt: string;
  /** Of the browser at the sign-in. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Encrypted; null where the issuer gave none, and the session then lives no longer than its token. */
  readonly refreshToken: string | null;
  readonly endedAt?: string;
  readonly revision: number;
}

/** Why a session ended before its time: by its person, an admin, a new sign-in in the same browser, or the issuer. */
export const END_REASONS = ['signedOut', 'endedByPerson', 'endedByAdmin', 'replaced', 'issuer'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** What a sign-in brought. */
export interface SignIn {
  readonly sessionId: string;
  readonly claims: Claims;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly refreshToken: string | null;
  /** Until when its access token is good; undefined where there is none that says so. */
  readonly tokenEndsAt: Date | undefined;
}

/** What functions read of a token; the rest of it is nobody's business here. */
const READ_CLAIMS = [
  'sub',
  'email',
  'email_verified',
  'keywright:email_verified',
  'keywright:role',
  'keywright:tenants',
  'amr',
  'keywright:amr',
  'auth_time',
] as const;
/** What is said of the sign-in itself: a token that is renewed later may know less of it. */
const SIGN_IN_CLAIMS: readonly string[] = ['amr', 'keywright:amr', 'auth_time'];
/** An address and whether it is verified, which say nothing apart. An access token may leave them out. */
const EMAIL_CLAIMS: readonly string[] = ['email', 'email_verified', 'keywright:email_verified'];

/** What an authorizer hands on may measure 8 KB (quotas of API Gateway, «authorizer result size»). */
const LARGEST_CLAIMS_BYTES = 7000;
const SEEN_PRECISION_SECONDS = 60;
/** How old what the issuer said may get while a session is used. */
const RENEW_SECONDS = 15 * 60;
/** How old it may get where the issuer can't be asked. */
const LONGEST_UNRENEWED_SECONDS = 2 * 3600;
const LONGEST_USER_AGENT = 256;

/** The claims that are kept and handed on. */
export function readClaims(claims: Claims): Claims {
  return Object.fromEntries(
    READ_CLAIMS.flatMap((name) => (claims[name] === undefined ? [] : [[name, claims[name]]])),
  );
}

/** A `User-Agent` for people to recognise a browser by; it is whatever the client wrote. */
export function userAgentOf(header: string | undefined): string | null {
  const text = (header ?? '').replace(/[^ -~]/g, '').slice(0, LONGEST_USER_AGENT);
  return text === '' ? null : text;
}

/** @throws DomainError `unauthenticated` for claims that name nobody, `forbidden` for more than can be handed on */
export function startSession(
  { sessionId, claims, ip, userAgent, refreshToken, tokenEndsAt }: SignIn,
  context: Omit<ChangeContext, 'actor'>,
): Change<Session> {
  const person = personOf(claims);
  const kept = readClaims(claims);
  if (Buffer.byteLength(JSON.stringify(kept)) > LARGEST_CLAIMS_BYTES) {
    throw new DomainError('forbidden', 'The sign-in says more of the person than a session can hold');
  }
  const startedAt = context.now.toISOString();
  const longest = later(context.now, LONGEST_SESSION_SECONDS);
  const isShort = refreshToken === null && tokenEndsAt !== undefined && tokenEndsAt < longest;
  const state: Session = {
    sessionId,
    sub: person.sub,
    email: person.email ?? null,
    claims: kept,
    startedAt,
    endsAt: (isShort ? tokenEndsAt : longest).toISOString(),
    lastSeenAt: startedAt,
    renewedAt: startedAt,
    ip,
    userAgent,
    refreshToken,
    revision: 1,
  };
  const data = { secondFactor: person.mfa, endsAt: state.endsAt, userAgent };
  const own = { ...context, actor: ownActor(state, ip) };
  return { state, event: sessionEvent('session.started', state, data, own) };
}

/** @throws DomainError `not_found` for one that is over */
export function endSession(session: Session, reason: EndReason, context: ChangeContext): Change<Session> {
  if (!isAlive(session, context.now)) throw notFound();
  const { sub, startedAt } = session;
  const state = {
    ...session,
    refreshToken: null,
    endedAt: context.now.toISOString(),
    revision: session.revision + 1,
  };
  return { state, event: sessionEvent('session.ended', state, { sub, startedAt, reason }, context) };
}

/** Whoever the session is of, as the cause of an event. */
export function ownActor({ sub, email, claims }: Session, ip: string | null): Actor {
  const { role: type = 'developer' } = personOf(claims);
  return { type, id: sub, ...(ip !== null && { ip }), ...(email !== null && { name: email }) };
}

/** Whether a session still lets anybody in. */
export function isAlive(session: Session, now: Date): boolean {
  return (
    session.endedAt === undefined &&
    now < new Date(session.endsAt) &&
    now < later(new Date(session.lastSeenAt), IDLE_SECONDS) &&
    (session.refreshToken === null || now < later(new Date(session.renewedAt), LONGEST_UNRENEWED_SECONDS))
  );
}

/** Whether it is worth noting that a session is used. */
export function isToBeSeen({ lastSeenAt }: Session, now: Date): boolean {
  return now >= later(new Date(lastSeenAt), SEEN_PRECISION_SECONDS);
}

/** Whether the issuer is to be asked again about the person. */
export function isToBeRenewed({ refreshToken, renewedAt }: Session, now: Date): boolean {
  return refreshToken !== null && now >= later(new Date(renewedAt), RENEW_SECONDS);
}

/**
 * The claims after the issuer was asked again: the same person, signed in as before. A role or tenants that it no
 * longer names are gone.
 * @param renewed what it says now; without `sub` it says nothing of anybody
 */
export function renewedClaims(before: Claims, renewed: Claims): Claims {
  const said = readClaims(renewed);
  if (said.sub === undefined) return before;
  const stays = [...SIGN_IN_CLAIMS, ...(said.email === undefined ? EMAIL_CLAIMS : [])];
  const kept = Object.entries(before).filter(([name]) => stays.includes(name));
  const own = Object.entries(said).filter(([name]) => !stays.includes(name));
  return Object.fromEntries([...own, ...kept]);
}

/**
 * Whether the person was asked to sign in at most this long ago.
 * @param seconds how long a sign-in counts as recent
 */
export function isRecentSignIn({ claims }: Session, now: Date, seconds: number): boolean {
  const { authTime } = personOf(claims);
  return authTime !== undefined && now < later(authTime, seconds);
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

function sessionEvent(
  type: 'session.started' | 'session.ended',
  { sessionId }: Session,
  data: Readonly<Record<string, unknown>>,
  context: ChangeContext,
) {
  return auditEvent(context, { type, tenantId: null, subject: { type: 'session', id: sessionId }, data });
}
