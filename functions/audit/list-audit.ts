import type { AuditEvent } from '../../core/contract/events.ts';
import { eventPosition } from '../../core/domain/ground/event-id.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { timeRange } from '../../core/domain/ground/time-range.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { type auditSchemas, presentRecord } from '../../core/management/schemas/audit-schemas.ts';
import type { AuditStore } from '../../core/store/audit-store.ts';

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
 * Audit records of the tenants that the person acts for, newest first. Those of no tenant (protected
 * APIs) are for people who act for all.
 */
export async function listAudit(
  { person, query, context }: Request,
  { audit }: AuditDependencies,
): Promise<Answer> {
  const { page, nextCursor } = await readAudit({ person, query, context }, audit, query.limit);
  return { status: 200, body: { items: page.items.map(presentRecord), nextCursor } };
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
  const { tenantId, type, actor, subject, cursor } = query;
  if (tenantId !== undefined && !actsFor(person, tenantId)) throw notFound();
  const list = `audit ${tenantId ?? '*'}`;
  const before = decodeCursor(list, cursor);
  const tenants = tenantId === undefined ? person.tenants : [tenantId];
  const range = timeRange(query, {
    now: context.now,
    usualMilliseconds: DEFAULT_DAYS * DAY_MILLISECONDS,
    ...(tenants === '*' && { longest: LONGEST_OF_ALL }),
  });
  const page = await audit.list({ tenants, type, actor, subject, ...range }, { limit, before });
  return {
    page,
    range,
    nextCursor: encodeCursor(list, page.next),
    cursorOf: (event: AuditEvent) => encodeCursor(list, eventPosition(event)),
  };
}
