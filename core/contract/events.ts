/** Audit events: the contract between the writes that cause them, the bus and its consumers. */

export const EVENT_TYPES = [
  'apiKey.created',
  'apiKey.updated',
  'apiKey.rotated',
  'apiKey.overlapEnded',
  'apiKey.disabled',
  'apiKey.enabled',
  'apiKey.revoked',
  'apiKey.expiring',
  'apiKey.expired',
  'apiKey.usedFromNewIp',
  'apiKey.leaked',
  'apiKey.unused',
  'apiKey.released',
  'apiKey.digestsChanged',
  'subscription.requested',
  'subscription.approved',
  'subscription.rejected',
  'subscription.suspended',
  'subscription.resumed',
  'subscription.cancelled',
  'subscription.updated',
  'subscription.keyRegenerated',
  'subscription.keysRevealed',
  'role.changed',
  'role.deleted',
  'tenant.created',
  'tenant.updated',
  'tenant.suspended',
  'tenant.resumed',
  'api.created',
  'api.updated',
  'clientKey.revealed',
  'clientKey.regenerated',
  'product.created',
  'product.updated',
  'member.invited',
  'member.invitationRevoked',
  'member.joined',
  'member.roleChanged',
  'member.removed',
  'session.started',
  'session.ended',
  'person.notificationsChanged',
  'signUp.requested',
  'signUp.approved',
  'signUp.rejected',
  'approval.requested',
  'approval.approved',
  'approval.claimed',
  'approval.rejected',
  'approval.withdrawn',
  'approval.lapsed',
  'approval.failed',
  'auth.failureBurst',
  'auth.geoAnomaly',
  'rateLimit.exceeded',
  'usage.clientErrors',
  'usage.spike',
  'rotation.oldSecretInUse',
  'alert.acknowledged',
  'alert.assigned',
  'alert.snoozed',
  'audit.gap',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** What an event can be about. */
export const SUBJECT_TYPES = [
  'apiKey',
  'subscription',
  'role',
  'tenant',
  'team',
  'member',
  'invitation',
  'session',
  'person',
  'signUp',
  'api',
  'product',
  'approval',
  'network',
  'alert',
] as const;

export type SubjectType = (typeof SUBJECT_TYPES)[number];

/**
 * Who caused an event. `ip` is absent where nobody's request did. `name` is a person's e-mail address at that time,
 * where the token tells it.
 */
export interface Actor {
  readonly type: 'admin' | 'developer' | 'auditor' | 'apiKey' | 'principal' | 'system';
  readonly id: string;
  readonly ip?: string;
  readonly name?: string;
}

/**
 * The `detail` of an event on the bus, and an audit record. `id` is unique (consumers drop repeats by
 * it) and sorts by time; `version` is the version of this shape; `time` is ISO 8601 UTC with
 * milliseconds; `tenantId` is null for what belongs to no tenant (APIs, products). Never holds a secret.
 * `revision` is that of the item which the change made: its subject, or a role's tenant, a member's team, a finding's alert.
 * Absent where use of a key brought the event about, which makes no revision. `late` is there when the event
 * was set aside, and later ones of its item may have come before it.
 */
export interface AuditEvent {
  readonly id: string;
  readonly version: 1;
  readonly type: EventType;
  readonly time: string;
  readonly tenantId: string | null;
  readonly actor: Actor;
  readonly subject: { readonly type: SubjectType; readonly id: string };
  readonly data: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly revision?: number;
  readonly late?: true;
}
