import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { idOfParts } from '../ground/idempotency.ts';
import { EMAIL } from '../tenants/invitation.ts';
import type { Person } from './person.ts';

/** Who may sign up: nobody, people of a domain, whoever an admin approves, or anyone. */
export type SignUpMode = 'off' | 'domains' | 'request' | 'open';

/** How signing up is configured. @see lib/portal-config.ts, which checks it */
export interface SignUpRule {
  readonly mode: SignUpMode;
  /** Tenants by the domains of e-mail addresses, in lower case; of the mode `domains` alone. */
  readonly domains: Readonly<Record<string, string>>;
  /** How many may get a tenant of their own on one day, of the mode `open` alone. */
  readonly perDay?: number;
}

/** That a person wants to act for a tenant without having been invited: one item for each person, however often. */
export interface SignUp {
  /** `signup_` + 12 base62, which follow from the `sub`. */
  readonly signUpId: string;
  readonly sub: string;
  /** Verified, in lower case. */
  readonly email: string;
  readonly company: string | null;
  readonly use: string | null;
  readonly state: 'pending' | 'approved' | 'rejected';
  /** When the person asked first, and last. */
  readonly createdAt: string;
  readonly requestedAt: string;
  readonly decidedAt?: string;
  readonly decidedBy?: string;
  /** Why it was rejected. */
  readonly reason?: string | null;
  /** The tenant that the person is let in to: the sign-up itself belongs to none. */
  readonly joinedTenantId?: string;
  /** When the person had been made a member. Absent from what was cut off between this and the decision. */
  readonly joinedAt?: string;
  readonly revision: number;
}

export interface SignUpInput {
  readonly company?: string | undefined;
  readonly use?: string | undefined;
}

export function signUpIdOf(sub: string): string {
  return `signup_${idOfParts([sub])}`;
}

/**
 * The e-mail address by which somebody signs up.
 * @throws DomainError `forbidden` where nobody may, or for an address that the issuer did not verify
 */
export function requireSigningUp({ mode }: SignUpRule, { email, emailVerified }: Person): string {
  if (mode === 'off') {
    throw new DomainError('forbidden', 'Nobody signs up here: ask an admin of your tenant for an invitation');
  }
  // Compared as ASCII alone: the lower case of other letters may be one of these.
  if (!emailVerified || email === undefined || !EMAIL.test(email)) {
    throw new DomainError(
      'forbidden',
      'Your e-mail address is not verified: verify it where you sign in, sign in again, and sign up then',
    );
  }
  return email.toLowerCase();
}

/** The tenant of an address's domain, no other's: not of one that ends alike. @throws DomainError `forbidden` */
export function tenantOfDomain({ domains }: SignUpRule, email: string): string {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  const tenantId = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
  if (tenantId === undefined) {
    throw new DomainError(
      'forbidden',
      `Nobody signs up with an address of ${domain} here: ask an admin of your tenant for an invitation`,
    );
  }
  return tenantId;
}

/**
 * Asks, for the first time or again after a rejection.
 * @throws DomainError `invalid_state` while it waits, or once it was approved: who was removed from a tenant does not
 *   come back by oneself
 */
export function requestSignUp(
  before: SignUp | undefined,
  { email, company, use }: SignUpInput & { readonly email: string },
  context: ChangeContext,
): Change<SignUp> {
  if (before?.state === 'pending') {
    throw new DomainError('invalid_state', 'You have asked already, and wait for an answer');
  }
  if (before?.state === 'approved') throw signedUpBefore();
  const { id: sub } = context.actor;
  const state: SignUp = {
    ...{ signUpId: signUpIdOf(sub), sub, email },
    ...{ company: company ?? null, use: use ?? null },
    state: 'pending',
    createdAt: before?.createdAt ?? context.now.toISOString(),
    requestedAt: context.now.toISOString(),
    revision: (before?.revision ?? 0) + 1,
  };
  const data = { email, company: state.company, use: state.use };
  return { state, event: signUpEvent('signUp.requested', state, data, context) };
}

export function signedUpBefore(): DomainError {
  return new DomainError(
    'invalid_state',
    'You have signed up before; if you act for no tenant any more, ask its admins for an invitation',
  );
}

/** Whether somebody was let in to this tenant and is no member yet: who did that was cut off. */
export function isCutOff({ state, joinedTenantId, joinedAt }: SignUp, tenantId: string): boolean {
  return state === 'approved' && joinedTenantId === tenantId && joinedAt === undefined;
}

/** Whether who signed up was let in to this tenant by nobody else: doing it again is doing nothing. */
export function letOneselfIn({ state, joinedTenantId, sub, decidedBy }: SignUp, tenantId: string): boolean {
  return state === 'approved' && joinedTenantId === tenantId && decidedBy === sub;
}

/** What a sign-up is for people: nobody is let in who is no member yet. */
export function shownState({ state, joinedAt }: SignUp): SignUp['state'] {
  return state === 'approved' && joinedAt === undefined ? 'pending' : state;
}

/** @throws DomainError `invalid_state` for what was decided before */
export function approveSignUp(signUp: SignUp, tenantId: string, context: ChangeContext): Change<SignUp> {
  requirePending(signUp);
  const state = { ...decided(signUp, context), state: 'approved', joinedTenantId: tenantId } as const;
  return { state, event: signUpEvent('signUp.approved', state, { email: signUp.email, tenantId }, context) };
}

/** @throws DomainError `invalid_state` for what was decided before */
export function rejectSignUp(signUp: SignUp, reason: string, context: ChangeContext): Change<SignUp> {
  requirePending(signUp);
  const state = { ...decided(signUp, context), state: 'rejected', reason } as const;
  return { state, event: signUpEvent('signUp.rejected', state, { email: signUp.email, reason }, context) };
}

function requirePending({ state, joinedTenantId }: SignUp): void {
  if (state === 'pending') return;
  const into = joinedTenantId === undefined ? '' : ` into ${joinedTenantId}`;
  throw new DomainError('invalid_state', `This was ${state}${into} before`);
}

function decided(signUp: SignUp, { now, actor }: ChangeContext): SignUp {
  return { ...signUp, decidedAt: now.toISOString(), decidedBy: actor.id, revision: signUp.revision + 1 };
}

function signUpEvent(
  type: 'signUp.requested' | 'signUp.approved' | 'signUp.rejected',
  { signUpId }: SignUp,
  data: Readonly<Record<string, unknown>>,
  context: ChangeContext,
) {
  return auditEvent(context, { type, tenantId: null, subject: { type: 'signUp', id: signUpId }, data });
}
