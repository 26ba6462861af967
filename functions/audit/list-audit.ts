import type { AuditEvent } from '../../core/contract/events.ts';
import { mayRead, passesFilter } from '../../core/domain/audit/audit-filter.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventPosition } from '../../core/domain/ground/event-id.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { timeRange } from '../../core/domain/ground/time-range.ts';
import { type Admitted, actsFor, roleIn } from '../../core/domain/people/person.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { type auditSchemas, presentRecord } from '../../core/management/schemas/audit-schemas.ts';
import { time } from '../../core/management/schemas/fields.ts';
import type { AuditQuery, AuditStore } from '../../core/store/audit-store.ts';

/** What reading the audit log needs. */
export interface AuditDependencies extends HandlerDependencies {
  readonly audit: AuditStore;
}

type Request = OperationRequest<typeof auditSchemas.listAudit>;

/** What both ways of reading the log have in common. */
type FilterRequest = OperationRequest<typeof auditSchemas.exportAudit>;

const DAY_MILLISECONDS = 86_400_000;
const DEFAULT_DAYS = 30;
/** Of everybody's records: there every day of a range costs a query of its own, also one without any. */
const LONGEST_OF_ALL = {
  milliseconds: 400 * DAY_MILLISECONDS,
  message: 'from and to lie at most 400 days apart without a tenantId',
};
/**
 * A record has the time of its change, and is there a moment after it; other changes' records may be there first.
 * A tail that is at its end begins again so long before.
 */
const UNDER_WAY_MILLISECONDS = 60_000;

/**
 * Audit records that the person may read, newest first, or as a tail. Those of no tenant (protected
 * APIs) are for people who act for all.
 */
export async function listAudit(request: Request, { audit }: AuditDependencies): Promise<Answer> {
  const { person, query, context } = request;
  if (query.after !== undefined) return tail(request, query.after, audit);
  const { page, nextCursor } = await readAudit({ person, query, context }, audit, query.limit);
  return { status: 200, body: { items: page.items.map(presentedFor(person)), nextCursor } };
}

/**
 * Records that a request asks for, newest first; `cursorOf` makes the cursor to go on after one of them.
 * @throws DomainError `not_found` for a tenant that the person does not act for, `invalid_request`
 */
export async function readAudit(
  { person, query, context }: Pick<FilterRequest, 'person' | 'query' | 'context'>,
  audit: AuditStore,
  limit: number,
) {
  const wanted = queryOf(person, query, limit);
  const list = `audit ${query.tenantId ?? '*'}`;
  const before = decodeCursor(list, query.cursor);
  const range = timeRange(query, {
    now: context.now,
    usualMilliseconds: DEFAULT_DAYS * DAY_MILLISECONDS,
    ...(wanted.tenants === '*' && { longest: LONGEST_OF_ALL }),
  });
  const page = await audit.list(wanted, { ...range, before });
  return {
    page,
    range,
    nextCursor: encodeCursor(list, page.next),
    cursorOf: (event: AuditEvent) => encodeCursor(list, eventPosition(event)),
  };
}

/** Shows a record to somebody: developers are not told from where others act. */
export function presentedFor(person: Admitted) {
  return (event: AuditEvent) =>
    presentRecord(event, isDeveloper(person, event) && event.actor.id !== person.sub);
}

async function tail({ person, query, context }: Request, after: string, audit: AuditStore): Promise<Answer> {
  if (query.cursor !== undefined || query.from !== undefined || query.to !== undefined) {
    throw new DomainError('invalid_request', 'after goes without from, to and cursor', { param: 'after' });
  }
  const list = `tail ${query.tenantId ?? '*'}`;
  const { success, data: start } = time.safeParse(after);
  const position = success ? firstAt(Date.parse(start)) : (decodeCursor(list, after, 'after') ?? '');
  const { now } = context;
  const wanted = queryOf(person, query, query.limit);
  const page = await audit.after(wanted, { after: position, to: new Date(now.getTime() + 1) });
  const next = page.next ?? firstAt(now.getTime() - UNDER_WAY_MILLISECONDS);
  const items = page.items.map(presentedFor(person));
  return { status: 200, body: { items, nextCursor: encodeCursor(list, next), upToDate: page.next === null } };
}

/** The position before all records of a time. */
function firstAt(milliseconds: number): string {
  return eventPosition({ time: new Date(milliseconds).toISOString(), id: '-' });
}

function queryOf(person: Admitted, query: FilterRequest['query'], limit: number): AuditQuery {
  const { tenantId, type: types, actor, subject } = query;
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
  return {
    tenants: tenantId === undefined ? person.tenants : [tenantId],
    limit,
    matches: (event) =>
      mayRead(roleOf(person, event), event) && passesFilter(event, { types, actor, subject }),
  };
}

function isDeveloper(person: Admitted, event: AuditEvent): boolean {
  return roleOf(person, event) === 'developer';
}

function roleOf(person: Admitted, { tenantId }: AuditEvent) {
  return tenantId === null ? person.role : roleIn(person, tenantId);
}
