import type { Head } from '../../../../core/domain/audit/audit-chain.ts';

/**
 * The head that this browser came to last, of each chain: a place that whoever rewrites the log does not reach. A chain
 * that was made anew differs from it.
 */
export function seenHead(tenantId: string | undefined): Head | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(placeOf(tenantId)) ?? 'null') as Head | null;
    return kept !== null && Number.isSafeInteger(kept.seq) && typeof kept.hash === 'string'
      ? { seq: kept.seq, hash: kept.hash }
      : undefined;
  } catch {
    return undefined;
  }
}

export function keepHead(tenantId: string | undefined, head: Head): void {
  try {
    localStorage.setItem(placeOf(tenantId), JSON.stringify(head));
  } catch {
    // A browser that keeps nothing knows of no earlier head the next time.
  }
}

function placeOf(tenantId: string | undefined): string {
  return `keywright.auditHead.${tenantId ?? ''}`;
}
