import type { ChainEntry } from '../../core/domain/audit/audit-chain.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import type { auditSchemas } from '../../core/management/schemas/audit-schemas.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import type { VerifyDependencies } from './verify-audit.ts';

/** A function's answer through an HTTP API may have 6 MB. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/**
 * A part of a chain as it stands in the table: links, and the records that they name. Nothing is judged here: whoever
 * reads it does that without having to believe this program.
 */
export async function getAuditChain(
  { person, query }: OperationRequest<typeof auditSchemas.getAuditChain>,
  { chains }: Pick<VerifyDependencies, 'chains'>,
): Promise<Answer> {
  const { tenantId = null, after = 0 } = query;
  if (tenantId === null ? person.tenants !== '*' : !actsFor(person, tenantId)) throw notFound();
  const items: ChainEntry[] = [];
  let from: string | null = after === 0 ? null : itemKey.auditLink(tenantId, after).sk;
  let isMore: boolean;
  do {
    const part = await chains.links(tenantId, from);
    items.push(...part.items);
    from = part.end;
    isMore = part.more;
    // What was put in beside the numbers leads nowhere to go on from.
  } while (isMore && lastNumber(items) === null);
  const shown = fitting(items);
  return {
    status: 200,
    body: {
      tenantId,
      items: shown.map(present),
      next: isMore || shown.length < items.length ? lastNumber(shown) : null,
    },
  };
}

function present({ seq, link, record }: ChainEntry) {
  return { seq, link: link ?? null, record: record ?? null };
}

function lastNumber(items: readonly ChainEntry[]): number | null {
  return items.findLast(({ seq }) => seq !== null)?.seq ?? null;
}

/** As many as fit into an answer, up to one that has a number. */
function fitting(items: readonly ChainEntry[]): readonly ChainEntry[] {
  let bytes = 0;
  let count = items.length;
  for (const [index, item] of items.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes <= LARGEST_BYTES) continue;
    count = items.slice(0, index).findLastIndex(({ seq }) => seq !== null) + 1;
    break;
  }
  return items.slice(0, Math.max(1, count));
}
