import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { Link, SealedEvent } from '../domain/audit-chain.ts';
import { itemKey } from './item-keys.ts';

/** The two items that every event becomes in the audit table. */

type StoredItem = Record<string, unknown>;

/** Length of `yyyy-mm-dd`. */
export const DAY_LENGTH = 10;

export function recordItem({ event, seal }: SealedEvent, expires: number | null): StoredItem {
  const day = event.time.slice(0, DAY_LENGTH);
  return { ...itemKey.audit(event), day, ...seal, ...timeToLive(expires), ...event };
}

export function linkItem(tenantId: string | null, { seq, hash, record, expires }: Link): StoredItem {
  return { ...itemKey.auditLink(tenantId, seq), hash, record, ...timeToLive(expires) };
}

export function linkOf({ sk, hash, record, [TTL_ATTRIBUTE]: expires }: StoredItem): Link {
  return { seq: Number(sk), hash: String(hash), record: String(record), expires: expiryIn(expires) };
}

export function eventOf(item: StoredItem): AuditEvent {
  return sealedEventOf(item).event;
}

/** The record that an item holds, whatever was done to it: what is missing fits no hash. */
export function sealedEventOf(item: StoredItem): SealedEvent {
  const { pk, sk, day, seq, previous, previousExpires, hash, [TTL_ATTRIBUTE]: _, ...event } = item;
  return {
    event: event as unknown as AuditEvent,
    seal: {
      seq: Number(seq ?? 0),
      previous: typeof previous === 'string' ? previous : null,
      previousExpires: expiryIn(previousExpires),
      hash: String(hash ?? ''),
    },
  };
}

/** When an item may be gone, in seconds since 1970; null for never. */
export function expiryIn(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function timeToLive(expires: number | null): StoredItem {
  return expires === null ? {} : { [TTL_ATTRIBUTE]: expires };
}
