import type { AuditEvent, SubjectType } from '../../contract/events.ts';
import { idOfParts } from '../ground/idempotency.ts';
import { auditEvent, type ChangeContext } from './audit-event.ts';

/** One change of an item: the item's public id, and which of its changes it is, from 1. */
export interface ItemRevision {
  readonly item: string;
  readonly revision: number;
}

/** What an item says of its changes. */
export interface RevisedItem {
  readonly item: string;
  readonly tenantId: string | null;
  /** Its newest. */
  readonly revision: number;
  /** The first revision whose event says its number; undefined where none does yet. */
  readonly eventsFrom: number | undefined;
  /** ISO 8601 UTC: no change of it is younger. */
  readonly changedAt: string;
}

/** A revision whose event the audit log has, and when that was, ISO 8601 UTC. */
export interface RecordedRevision {
  readonly revision: number;
  readonly time: string;
}

/** Revisions in a row, first and last, whose events the audit log lacks. */
export interface Gap {
  readonly item: string;
  readonly tenantId: string | null;
  readonly from: number;
  readonly to: number;
  /** ISO 8601 UTC: they are no younger. */
  readonly changedBefore: string;
}

/** Which change of which item an event tells of; undefined for what is no change of a numbered item. */
export function revisionOf({ subject, tenantId, data, revision }: AuditEvent): ItemRevision | undefined {
  if (revision === undefined || !Number.isSafeInteger(revision) || revision < 1) return undefined;
  // A role is a part of its tenant's item, a member of its team's, and what a finding writes is its alert.
  const finding = subject.type === 'alert' ? undefined : data.alertId;
  // Who signs in chooses no id of ours.
  if (subject.type === 'person') return { item: personIdOf(subject.id), revision };
  const isOfTeam = subject.type === 'member' || subject.type === 'invitation';
  const ownId = isOfTeam ? teamIdOf(tenantId ?? '') : (finding ?? subject.id);
  const item = subject.type === 'role' ? tenantId : ownId;
  return typeof item === 'string' && item !== '' && item.length <= LONGEST_ID
    ? { item, revision }
    : undefined;
}

/** What a person's settings are called: a `sub` is the issuer's and may be anything, another item's id too. */
function personIdOf(sub: string): string {
  return `person_${idOfParts([sub])}`;
}

/** What a tenant's members and invitations are called together. */
export function teamIdOf(tenantId: string): string {
  return tenantId.replace(/^tenant_/, 'team_');
}

const LONGEST_ID = 100;

/**
 * What of an item's changes the log lacks.
 * @param recorded in order
 */
export function gapsOf(item: RevisedItem, recorded: readonly RecordedRevision[]): Gap[] {
  const { eventsFrom } = item;
  if (eventsFrom === undefined) return [];
  const gaps: Gap[] = [];
  let next = eventsFrom;
  const end = { revision: item.revision + 1, time: item.changedAt };
  for (const { revision, time } of [...recorded.filter((each) => each.revision <= item.revision), end]) {
    if (revision > next) {
      const { item: id, tenantId } = item;
      gaps.push({ item: id, tenantId, from: next, to: revision - 1, changedBefore: time });
    }
    next = Math.max(next, revision + 1);
  }
  return gaps;
}

/** Whether the events of a gap can't be on their way any more. */
export function isSettled({ changedBefore }: Gap, now: Date, underWayMilliseconds: number): boolean {
  return Date.parse(changedBefore) + underWayMilliseconds <= now.getTime();
}

/** The event that says so in the log itself. */
export function gapEvent(
  { item, tenantId, changedBefore }: Gap,
  revision: number,
  context: ChangeContext,
): AuditEvent {
  return auditEvent(context, {
    type: 'audit.gap',
    tenantId,
    subject: { type: subjectTypeOf(item), id: item },
    data: { revision, changedBefore },
  });
}

const SUBJECT_TYPES: Readonly<Record<string, SubjectType>> = {
  key: 'apiKey',
  sub: 'subscription',
  tenant: 'tenant',
  team: 'team',
  api: 'api',
  prod: 'product',
  apr: 'approval',
  signup: 'signUp',
  alert: 'alert',
  session: 'session',
};

function subjectTypeOf(item: string): SubjectType {
  return SUBJECT_TYPES[item.slice(0, item.indexOf('_'))] ?? 'apiKey';
}
