import { crc32 } from 'node:zlib';
import { ID_LENGTH } from '../domain/ground/base62.ts';
import type { ItemKey } from './item-key.ts';
import * as itemKey from './item-key.ts';

export { type ItemKey, itemKey };

/** Whether an item belongs to many keys at once. */
export function isSharedByKeys({ sk }: ItemKey): boolean {
  return sk === 'API' || sk === 'TENANT' || sk === 'PRODUCT';
}

/** Partitions of the `list` index. */
export const listPartition = {
  tenants: 'TENANTS',
  apis: 'APIS',
  products: 'PRODUCTS',
  approvals: 'APPROVALS',
  subscriptionsOf: (tenantId: string) => `SUBSCRIPTIONS#${tenantId}`,
  /** @param tenantId null for those that concern no one tenant */
  alertsOf: (tenantId: string | null) => `ALERTS#${tenantId ?? '-'}`,
  signUps: 'SIGNUPS',
  /** People whose token names a role. */
  addressees: 'ADDRESSEES',
  teamOf: (tenantId: string) => `TEAM#${tenantId}`,
  /** @param person the key of the person's item */
  sessionsOf: (person: ItemKey) => `SESSIONS#${person.pk.replace(/^PERSON#/, '')}`,
  keysOf: (tenantId: string) => `KEYS#${tenantId}`,
  /** Of the index `names`. */
  keyNamesOf: (tenantId: string) => `NAMES#${tenantId}`,
};

const DUE_SHARDS = 16;

/** Partitions of the `due` index. Times of many items may be alike, so they are spread by their keys. */
export const duePartitions: readonly string[] = Array.from({ length: DUE_SHARDS }, (_, i) => `DUE#${i}`);

/** An item's place in the `due` index; none without a time. */
export function duePlace({ pk }: ItemKey, dueAt: string | undefined): { duePk?: string; dueAt?: string } {
  return dueAt === undefined ? {} : { duePk: `DUE#${crc32(pk) % DUE_SHARDS}`, dueAt };
}

const STATE_SHARDS = 8;

/**
 * Partitions of an index that lists by state. Thousands of items may come to have one state at once, and an index
 * that can't take them holds back the table's own writes; so they are spread by their keys.
 */
export function statePartitions(state: string): readonly string[] {
  return Array.from({ length: STATE_SHARDS }, (_, i) => `${state}#${i}`);
}

/** The partition that an item has of them. */
export function statePartition({ pk }: ItemKey, state: string): string {
  return `${state}#${crc32(pk) % STATE_SHARDS}`;
}

/** The partition of the `due` index that holds approvals which are decided and not known to be carried out. */
export const OVERDUE_APPROVALS = 'DUE#APPROVED';

/** What a partition key names, of items that can be due; the whole key where it is none of theirs. */
export function dueOwner(pk: string): {
  readonly kind: 'credential' | 'approval' | 'unknown';
  readonly id: string;
} {
  const [kind, id = ''] = pk.split('#');
  if (kind === 'CRED') return { kind: 'credential', id };
  return kind === 'APPROVAL' ? { kind: 'approval', id } : { kind: 'unknown', id: pk };
}

/** The 12 characters of `key_…`, `sub_…` or `api_…`. */
export function credentialIdOf(publicId: string): string {
  return publicId.slice(-ID_LENGTH);
}
