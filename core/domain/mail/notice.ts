import type { AuditEvent } from '../../contract/events.ts';
import type { AnsweredEvent, MailedEvent } from '../../contract/mail.ts';
import type { NotificationKind } from './notification-settings.ts';

/** Whom an event is told, and how soon. */
export interface Notice {
  readonly kind: NotificationKind;
  /** `daily` is told in the digest of its day. */
  readonly when: 'atOnce' | 'daily';
  /** null for what concerns no one tenant: then whoever acts for all of them is told. */
  readonly tenantId: string | null;
  /** Whether the tenant's admins are told. */
  readonly admins: boolean;
  /** Others whom it concerns, by their `sub`. */
  readonly people: readonly string[];
  /** Who knows already, having done it. */
  readonly except: string;
}

/** What an event is about, as far as it was looked up. */
export interface Subject {
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
  /** `sub` of who made or requested it. */
  readonly createdBy?: string | undefined;
}

/** The day before a key ends is too late for a digest. */
const LAST_DAYS = 1;

type Rule = (event: AuditEvent, subject: Subject) => Omit<Notice, 'tenantId' | 'except'> | undefined;

const decision: Rule = (_, { createdBy }) => ({
  kind: 'decisions',
  when: 'atOnce',
  admins: false,
  people: some(createdBy),
});
const decisionOnRequest: Rule = ({ data }) => ({
  kind: 'decisions',
  when: 'atOnce',
  admins: false,
  people: some(data.requestedBy),
});

const RULES: Readonly<Record<Exclude<MailedEvent, AnsweredEvent>, Rule>> = {
  'approval.requested': () => ({ kind: 'approvals', when: 'atOnce', admins: true, people: [] }),
  'approval.approved': decisionOnRequest,
  'approval.rejected': decisionOnRequest,
  'approval.lapsed': decisionOnRequest,
  'approval.failed': decisionOnRequest,
  'subscription.requested': ({ data }) =>
    data.state === 'pending' && data.imported !== true
      ? { kind: 'approvals', when: 'atOnce', admins: true, people: [] }
      : undefined,
  // By domain nobody is asked: it is approved a moment later, which nobody can know here.
  'signUp.requested': ({ data }) =>
    data.use === null ? undefined : { kind: 'approvals', when: 'atOnce', admins: true, people: [] },
  'subscription.approved': decision,
  'subscription.rejected': decision,
  'subscription.suspended': decision,
  'subscription.resumed': decision,
  'subscription.cancelled': decision,
  'apiKey.expiring': ({ data }, { createdBy }) => ({
    kind: 'expiring',
    when: Number(data.daysLeft) <= LAST_DAYS ? 'atOnce' : 'daily',
    admins: true,
    people: some(createdBy),
  }),
  'apiKey.leaked': (_, { createdBy }) => ({
    kind: 'leaked',
    when: 'atOnce',
    admins: true,
    people: some(createdBy),
  }),
  'apiKey.usedFromNewIp': (_, { createdBy }) => ({
    kind: 'newNetwork',
    when: 'daily',
    admins: true,
    people: some(createdBy),
  }),
};

/** Whom an event is told; undefined where nobody is. Invitations and answers to sign-ups are no notices. */
export function noticeOf(event: AuditEvent, subject: Subject): Notice | undefined {
  const rule = Object.hasOwn(RULES, event.type) ? RULES[event.type as keyof typeof RULES] : undefined;
  const notice = rule?.(event, subject);
  return notice && { ...notice, tenantId: event.tenantId, except: event.actor.id };
}

function some(sub: unknown): readonly string[] {
  return typeof sub === 'string' ? [sub] : [];
}
