import type { EventType } from './events.ts';

/** What mails, their function and the stacks must agree on. */

/** The events that somebody may be told of by mail. */
export const MAILED_EVENTS = [
  'member.invited',
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.lapsed',
  'approval.failed',
  'subscription.requested',
  'subscription.approved',
  'subscription.rejected',
  'subscription.suspended',
  'subscription.resumed',
  'subscription.cancelled',
  'signUp.requested',
  'signUp.approved',
  'signUp.rejected',
  'apiKey.expiring',
  'apiKey.leaked',
  'apiKey.usedFromNewIp',
] as const satisfies readonly EventType[];

/** Events of which who they are about is told whatever that person chose: answers to a request of somebody's. */
export type AnsweredEvent = 'member.invited' | 'signUp.approved' | 'signUp.rejected';

export type MailedEvent = (typeof MAILED_EVENTS)[number];

/** Pages of the portal that mails lead to, behind its address. */
export const PORTAL_PATH = {
  /** Behind a #, so that no server and no log has the token. */
  invitation: (token: string) => `/invitations#token=${token}`,
  waiting: '/admin/all/queue',
  home: '/',
  key: (tenantId: string, keyId: string) => `/admin/tenants/${tenantId}/keys/${keyId}`,
  keys: (tenantId: string) => `/admin/tenants/${tenantId}/keys`,
  subscription: (subscriptionId: string) => `/subscriptions/${subscriptionId}`,
  api: (apiId: string) => `/admin/all/apis/${apiId}`,
  notifications: '/profile/notifications',
} as const;
