import type { AuditEvent, EventType } from '../../contract/events.ts';
import type { Role } from '../../contract/management-route.ts';

/** What somebody looks for in the audit log; what is undefined is no condition. */
export interface AuditFilter {
  /** One of these; `apiKey.*` stands for all types that begin so. */
  readonly types?: readonly string[] | undefined;
  /** Who did it: an id, or the e-mail address that a person had at that time, in any case. */
  readonly actor?: string | undefined;
  /** The id of what it was done to. */
  readonly subject?: string | undefined;
}

/** What developers read: how their tenant's subscriptions and team came to be what they are. */
const FOR_DEVELOPERS: readonly AuditEvent['subject']['type'][] = ['subscription', 'member', 'invitation'];

export function passesFilter({ type, actor, subject }: AuditEvent, filter: AuditFilter): boolean {
  return (
    (filter.types === undefined || filter.types.some((each) => includesType(each, type))) &&
    (filter.actor === undefined || actor.id === filter.actor || isNamed(actor.name, filter.actor)) &&
    (filter.subject === undefined || subject.id === filter.subject)
  );
}

/** Whether a type is this one, or of this area. */
export function includesType(pattern: string, type: EventType): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** @param role as what somebody reads the records of the event's tenant, which that person acts for */
export function mayRead(role: Role | undefined, { subject, tenantId }: AuditEvent): boolean {
  if (role !== 'developer') return role !== undefined;
  return tenantId !== null && FOR_DEVELOPERS.includes(subject.type);
}

function isNamed(name: string | undefined, asked: string): boolean {
  return name !== undefined && name.toLowerCase() === asked.toLowerCase();
}
