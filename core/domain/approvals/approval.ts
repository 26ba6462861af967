import type { AuditEvent } from '../../contract/events.ts';
import type { Role } from '../../contract/management-route.ts';
import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { ApiKeyUpdate, NewApiKey, RotationInput } from '../keys/api-key-lifecycle.ts';
import type { RotationBinding } from '../keys/rotation-binding.ts';
import type { Slot } from '../products/subscription.ts';
import type { NewSubscription, SubscriptionUpdate } from '../products/subscription-lifecycle.ts';
import type { InvitationInput } from '../tenants/invitation.ts';
import type { RoleInput, TenantUpdate } from '../tenants/tenant.ts';
import type { Guarded } from './four-eyes.ts';

interface Reason {
  readonly reason?: string | undefined;
}

/** A change of one existing key that shows no secret. */
export type KeyOperation =
  | { readonly operation: 'updateKey'; readonly body: ApiKeyUpdate }
  | {
      readonly operation: 'endOverlap' | 'enableKey' | 'deleteKeyRotation';
      readonly body: object;
    }
  | { readonly operation: 'putKeyRotation'; readonly body: RotationBinding }
  | { readonly operation: 'disableKey' | 'revokeKey'; readonly body: Reason };

/** A change of one existing subscription that shows no key. */
export type SubscriptionOperation =
  | {
      readonly operation:
        | 'approveSubscription'
        | 'rejectSubscription'
        | 'suspendSubscription'
        | 'resumeSubscription'
        | 'cancelSubscription'
        | 'withdrawSubscription';
      readonly body: Reason;
    }
  | { readonly operation: 'updateSubscription'; readonly body: SubscriptionUpdate }
  | { readonly operation: 'putSubscriptionRotation'; readonly body: Pick<RotationBinding, 'principalArn'> }
  | { readonly operation: 'deleteSubscriptionRotation'; readonly body: object };

/** A subscription's keys can be shown again, so making it shows none. */
export type SubscriptionRequest = {
  readonly operation: 'createSubscription';
  readonly body: Omit<NewSubscription, 'subscriptionId'> & {
    readonly tenantId: string;
    readonly productId: string;
  };
};

/** A change of a tenant or of one of its roles. */
export type TenantOperation =
  | { readonly operation: 'updateTenant'; readonly body: TenantUpdate }
  | { readonly operation: 'putRole'; readonly role: string; readonly body: RoleInput }
  | { readonly operation: 'deleteRole'; readonly role: string; readonly body: object };

/** A change of what a member of a tenant is. */
export interface MemberOperation {
  readonly operation: 'updateMember';
  readonly sub: string;
  readonly body: { readonly role: Role };
}

/** What makes an invitation and shows its token, this once. */
export interface InvitationOperation {
  readonly operation: 'createInvitation';
  readonly body: InvitationInput;
}

/** What makes a key's secret and shows it, this once. */
export type KeySecretOperation =
  | { readonly operation: 'createKey'; readonly body: Omit<NewApiKey, 'keyId'> }
  | { readonly operation: 'rotateKey'; readonly body: RotationInput };

/** What shows keys of a subscription. */
export type SubscriptionSecretOperation =
  | {
      readonly operation: 'revealSubscriptionKeys';
      /** Both where it does not say. */
      readonly body: { readonly slots?: readonly Slot[] | undefined };
    }
  | { readonly operation: 'regenerateSubscriptionKey'; readonly body: { readonly slot: Slot } };

export type SecretOperation = KeySecretOperation | SubscriptionSecretOperation | InvitationOperation;

/** An operation and its validated body, as a second admin is asked about it. */
export type ApprovableOperation =
  | KeyOperation
  | SubscriptionOperation
  | SubscriptionRequest
  | TenantOperation
  | MemberOperation
  | SecretOperation;

/**
 * An operation that waits for a second admin, as it is stored: one item. What needs no secret is carried
 * out as it is approved; what shows one is `claimed` by its requester afterwards, and the secret is made then.
 */
export type Approval = ApprovableOperation & {
  /** `apr_` + 12 base62. */
  readonly approvalId: string;
  readonly tenantId: string;
  /** What the operation is to change; what it is to create has its id already. */
  readonly subject: AuditEvent['subject'];
  readonly requestedBy: string;
  /** The e-mail address at that time, where the token told it; likewise below. */
  readonly requestedByName?: string;
  readonly requestedAt: string;
  /** ISO 8601 UTC: until then it may be decided, and once approved carried out. */
  readonly expiresAt: string;
  readonly state: 'pending' | 'approved' | 'claimed' | 'rejected' | 'withdrawn' | 'lapsed' | 'failed';
  readonly decidedBy?: string;
  readonly decidedByName?: string;
  readonly decidedAt?: string;
  /** Why it was rejected or withdrawn, in somebody's words. */
  readonly reason?: string;
  /**
   * Whether what was approved, or claimed, has been done: it is another item's write. Absent while nothing is
   * to be done, and where an older version did it.
   */
  readonly carriedOut?: boolean;
  /** Why it can't be done any more, in words. */
  readonly failure?: string;
  readonly revision: number;
};

const LIFE_MILLISECONDS = 24 * 60 * 60 * 1000;
const SHOWS_SECRET: readonly string[] = [
  'createKey',
  'rotateKey',
  'revealSubscriptionKeys',
  'regenerateSubscriptionKey',
  'createInvitation',
] satisfies SecretOperation['operation'][];

export function showsSecret(approval: ApprovableOperation): approval is SecretOperation {
  return SHOWS_SECRET.includes(approval.operation);
}

/** What people see of `state`: what was not decided, or not claimed, in time has lapsed. */
export function approvalStateOf(approval: Approval, now: Date): Approval['state'] {
  return waits(approval) && isOver(approval, now) ? 'lapsed' : approval.state;
}

/** What people see of `carriedOut`. */
export function isDone({ state, carriedOut = true, ...what }: Approval): boolean {
  return carriedOut && (state === 'claimed' || (state === 'approved' && !showsSecret(what as Approval)));
}

/** How long whoever approves may take to carry out what was approved. */
const GRACE_MILLISECONDS = 30_000;

/** When somebody else has to see to it that it is carried out; undefined when it is, or nothing is to be done. */
export function overdueAt(approval: Approval): string | undefined {
  if (approval.carriedOut !== false || approval.state === 'failed') return undefined;
  // Nobody else can call for a secret: what is left is to say how it ended.
  if (showsSecret(approval) || approval.decidedAt === undefined) return approval.expiresAt;
  return new Date(Date.parse(approval.decidedAt) + GRACE_MILLISECONDS).toISOString();
}

/** When it will lapse by itself; undefined when it waits for nobody. */
export function lapsesAt(approval: Approval): string | undefined {
  return waits(approval) ? approval.expiresAt : undefined;
}

/** Whether its time is over, in which nothing may be carried out any more. */
export function isOver({ expiresAt }: Pick<Approval, 'expiresAt'>, now: Date): boolean {
  return Date.parse(expiresAt) <= now.getTime();
}

/**
 * A request for `what`, which would do `change`. The change itself is left undone.
 * @throws DomainError `forbidden` for a principal of AWS: who signs as one may be the admin who would decide on it
 */
export function requestApproval(
  approvalId: string,
  what: ApprovableOperation,
  change: Change<Guarded>,
  context: ChangeContext,
): Change<Approval> {
  if (context.actor.type === 'principal') {
    throw new DomainError(
      'forbidden',
      'On this tenant two people decide on this: ask for it as a person, signed in with a second factor',
    );
  }
  const state: Approval = {
    ...what,
    approvalId,
    tenantId: change.state.tenantId,
    subject: change.event.subject,
    requestedBy: context.actor.id,
    ...(context.actor.name !== undefined && { requestedByName: context.actor.name }),
    requestedAt: context.now.toISOString(),
    expiresAt: endOfLife(context),
    state: 'pending',
    revision: 1,
  };
  return { state, event: approvalEvent('approval.requested', state, context) };
}

/** @throws DomainError `forbidden` for the requester, `invalid_state` unless it waits for a decision */
export function approve(approval: Approval, context: ChangeContext): Change<Approval> {
  requireUndecided(approval, context);
  const state = next(approval, {
    state: 'approved',
    ...decision(context),
    expiresAt: endOfLife(context),
    ...(!showsSecret(approval) && { carriedOut: false }),
  });
  return { state, event: approvalEvent('approval.approved', state, context) };
}

/** @throws DomainError `forbidden` for the requester, `invalid_state` unless it waits for a decision */
export function reject(
  approval: Approval,
  reason: string | undefined,
  context: ChangeContext,
): Change<Approval> {
  requireUndecided(approval, context);
  return end(approval, 'rejected', reason, context);
}

/**
 * Who asked for it takes it back, also what was approved and waits to be claimed.
 * @throws DomainError `forbidden` for everybody else, `invalid_state` unless it waits for somebody
 */
export function withdraw(
  approval: Approval,
  reason: string | undefined,
  context: ChangeContext,
): Change<Approval> {
  requireRequester(approval, context);
  if (!waits(approval) || isOver(approval, context.now)) throw unfit(approvalStateOf(approval, context.now));
  return end(approval, 'withdrawn', reason, context);
}

function end(
  approval: Approval,
  outcome: 'rejected' | 'withdrawn',
  reason: string | undefined,
  context: ChangeContext,
): Change<Approval> {
  const state = next(approval, {
    state: outcome,
    ...decision(context),
    ...(reason !== undefined && { reason }),
  });
  return { state, event: withReason(approvalEvent(`approval.${outcome}`, state, context), reason ?? null) };
}

function withReason(event: AuditEvent, reason: string | null): AuditEvent {
  return { ...event, data: { ...event.data, reason } };
}

/**
 * The requester calls for the secret; undefined when an earlier call had done so, which may have been cut off.
 * @throws DomainError `invalid_state` unless it is approved and its time not over
 */
export function claim(
  approval: Approval & SecretOperation,
  context: ChangeContext,
): Change<Approval> | undefined {
  const state = approvalStateOf(approval, context.now);
  if (state === 'claimed' && !isOver(approval, context.now)) return undefined;
  if (state !== 'approved') throw unfit(state);
  const claimed = next(approval, { state: 'claimed', carriedOut: false });
  return { state: claimed, event: approvalEvent('approval.claimed', claimed, context) };
}

/** Notes what the clock has done already. */
export function lapse(approval: Approval, context: ChangeContext): Change<Approval> {
  const state = next(approval, { state: 'lapsed' });
  const actor = { type: 'system', id: 'keywright' } as const;
  return { state, event: approvalEvent('approval.lapsed', state, { ...context, actor }) };
}

/** Notes why what was approved can't be carried out any more. */
export function fail(approval: Approval, reason: string, context: ChangeContext): Change<Approval> {
  const state = next(approval, { state: 'failed', failure: reason });
  const actor = { type: 'system', id: 'keywright' } as const;
  return { state, event: withReason(approvalEvent('approval.failed', state, { ...context, actor }), reason) };
}

/** @throws DomainError `forbidden`: nobody decides on a request of their own */
export function requireSecondPerson({ requestedBy }: Approval, { actor }: ChangeContext): void {
  if (actor.id === requestedBy) {
    throw new DomainError('forbidden', 'You requested this yourself: another admin has to decide on it');
  }
}

/** @throws DomainError `forbidden`: a secret is for who asked for it, and shown to nobody else */
export function requireRequester({ requestedBy }: Approval, { actor }: ChangeContext): void {
  if (actor.id !== requestedBy) {
    throw new DomainError('forbidden', 'Only who requested this may claim or withdraw it');
  }
}

/** The answer to what an approval's state does not allow. */
export function unfit(state: Approval['state']): DomainError {
  const meaning = {
    pending: 'It waits for a second admin still',
    approved: 'It was approved and carried out already',
    claimed:
      'It was claimed already; if the answer was lost, rotate the key, ask to be shown it again, or delete the invitation and make another',
    rejected: 'It was rejected; request it anew',
    withdrawn: 'It was withdrawn; request it anew',
    lapsed: 'It lapsed; request it anew',
    failed: 'It was approved and could not be carried out; request it anew',
  };
  return new DomainError('invalid_state', meaning[state]);
}

function waits(approval: Approval): boolean {
  return approval.state === 'pending' || (approval.state === 'approved' && showsSecret(approval));
}

function requireUndecided(approval: Approval, context: ChangeContext): void {
  requireSecondPerson(approval, context);
  const state = approvalStateOf(approval, context.now);
  if (state === 'approved') throw new DomainError('invalid_state', 'It was approved already');
  if (state !== 'pending') throw unfit(state);
}

function decision({ actor, now }: ChangeContext) {
  return {
    decidedBy: actor.id,
    ...(actor.name !== undefined && { decidedByName: actor.name }),
    decidedAt: now.toISOString(),
  };
}

function endOfLife({ now }: ChangeContext): string {
  return new Date(now.getTime() + LIFE_MILLISECONDS).toISOString();
}

function next(approval: Approval, changes: Partial<Omit<Approval, keyof ApprovableOperation>>): Approval {
  return { ...approval, ...changes, revision: approval.revision + 1 };
}

function approvalEvent(
  type: AuditEvent['type'] & `approval.${string}`,
  { approvalId, tenantId, operation, subject, requestedBy }: Approval,
  context: ChangeContext,
): AuditEvent {
  return auditEvent(context, {
    type,
    tenantId,
    subject: { type: 'approval', id: approvalId },
    data: { operation, subject, requestedBy },
  });
}
