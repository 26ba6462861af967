import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { auditSchemas } from '../../core/management/schemas/audit-schemas.ts';
import { type AuditDependencies, presentedFor, readAudit } from './list-audit.ts';

type Request = OperationRequest<typeof auditSchemas.exportAudit>;

/** A function's answer through an HTTP API may have 6 MB. */
const LARGEST_BYTES = 4 * 1024 * 1024;
const MOST_RECORDS = 1000;

/**
 * What `listAudit` finds, as lines of JSON, newest first: so what happens meanwhile moves nothing. Where
 * more is left, a Link header (RFC 8288) leads to it.
 */
export async function exportAudit(request: Request, { audit }: AuditDependencies): Promise<Answer> {
  const { page, range, nextCursor, cursorOf } = await readAudit(request, audit, MOST_RECORDS);
  const present = presentedFor(request.person);
  const lines: string[] = [];
  let bytes = 0;
  let next = nextCursor;
  for (const [index, event] of page.items.entries()) {
    const line = `${JSON.stringify(present(event))}\n`;
    bytes += Buffer.byteLength(line);
    const before = page.items[index - 1];
    if (bytes > LARGEST_BYTES && before !== undefined) {
      next = cursorOf(before);
      break;
    }
    lines.push(line);
  }
  return {
    status: 200,
    text: lines.join(''),
    headers: {
      'content-type': 'application/x-ndjson',
      ...(next !== null && { link: `<${nextPart(request.query, range, next)}>; rel="next"` }),
    },
  };
}

/** The same request from `cursor` on, its range fixed: by then its default would be another. */
function nextPart(query: Request['query'], range: { from: Date; to: Date }, cursor: string): string {
  const { type, ...rest } = query;
  const fixed = {
    ...rest,
    type: type?.join(','),
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    cursor,
  };
  const given = Object.entries(fixed).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/v1/audit/export?${new URLSearchParams(given)}`;
}
