import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AuditEvent } from '../contract/events.ts';
import type { ItemRevision } from '../domain/audit/item-revision.ts';
import { ID_LENGTH } from '../domain/ground/base62.ts';
import { eventPosition } from '../domain/ground/event-id.ts';
import type { Digest } from '../domain/keys/pepper.ts';
import type { UsageSubject } from '../domain/usage/usage-tally.ts';

/** The primary key of an item of the main table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Partition of audit records that belong to no tenant. */
const NO_TENANT = '-';
/** As many as the largest whole number has that a JavaScript number holds exactly. */
export const SEQ_DIGITS = 16;

/** Every `pk` and `sk` is made here and nowhere else. */
export const itemKey = {
  /** A credential, by the 12 characters inside its key. */
  credential: (id: string): ItemKey => ({ pk: `CRED#${id}`, sk: 'CRED' }),
  tenant: (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'TENANT' }),
  api: (apiId: string): ItemKey => ({ pk: `API#${apiId}`, sk: 'API' }),
  /** That a request with an `Idempotency-Key`, by its hash, asked for a tenant or an API, under whichever id. */
  request: (kind: 'TENANT' | 'API', hash: string): ItemKey => ({ pk: `${kind}#${hash}`, sk: 'REQUEST' }),
  /** What a developer has asked for in a tenant and is open, so that it can be counted. */
  openRequests: (tenantId: string, person: string): ItemKey => ({
    pk: `OPEN#${tenantId}`,
    sk: createHash('sha256').update(person).digest('hex'),
  }),
  product: (productId: string): ItemKey => ({ pk: `PRODUCT#${productId}`, sk: 'PRODUCT' }),
  approval: (approvalId: string): ItemKey => ({ pk: `APPROVAL#${approvalId}`, sk: 'APPROVAL' }),
  /** What an imported key is found by: a keyed digest of its fingerprint. */
  alias: ({ pepper, hmac }: Digest): ItemKey => ({ pk: `ALIAS#${pepper}#${hmac}`, sk: 'ALIAS' }),
  alert: (alertId: string): ItemKey => ({ pk: `ALERT#${alertId}`, sk: 'ALERT' }),
  /** A network that a credential has been used from. */
  seenNetwork: (credentialId: string, network: string): ItemKey => ({
    pk: `SEEN#${credentialId}`,
    sk: network,
  }),
  /** Where nothing ever is: read in place of what there is not, so that as much is read. */
  nothing: (credentialId: string, n: number): ItemKey => ({ pk: `SEEN#${credentialId}#${n}`, sk: '-' }),
  /** When a credential was last used, in the usage table. */
  lastUse: (credentialId: string): ItemKey => ({ pk: `USED#${credentialId}`, sk: 'USED' }),
  /** What a credential has used of its limits' windows, in the Region that counts it. */
  limits: (credentialId: string, region: string): ItemKey => ({ pk: `LIMIT#${credentialId}`, sk: region }),
  /** What was counted of a subject in an hour or a day, in the usage table; by period, hours and days apart. */
  usage: (subject: UsageSubject, period: string): ItemKey => ({
    pk: usagePartition(subject),
    sk: usageSortKey(period),
  }),
  /** That a part of a batch of log lines was counted, in the usage table. */
  usageBatch: (batchId: string, part: number): ItemKey => ({ pk: `BATCH#${batchId}#${part}`, sk: 'BATCH' }),
  /** What is remembered of a credential to know what is unusual for it, in the usage table. */
  profile: (keyId: string): ItemKey => ({ pk: `PROFILE#${keyId}`, sk: 'PROFILE' }),
  /** An audit record, in the audit table. */
  audit: (event: Pick<AuditEvent, 'id' | 'time' | 'tenantId'>): ItemKey => ({
    pk: event.tenantId ?? NO_TENANT,
    sk: eventPosition(event),
  }),
  /** That the audit log has the event of an item's revision, in the audit table. */
  recorded: ({ item, revision }: ItemRevision): ItemKey => ({
    pk: `REVISION#${item}`,
    sk: numberText(revision),
  }),
  /** That an event of an item's revision is missing from the audit log, in the main table. */
  auditGap: ({ item, revision }: ItemRevision): ItemKey => ({ pk: `GAP#${item}`, sk: numberText(revision) }),
  /** Where the search for such gaps goes on, in the main table. */
  auditGapSearch: (): ItemKey => ({ pk: 'SEARCH#audit-gaps', sk: 'SEARCH' }),
  /** What stands at a number of a tenant's chain of audit records, in the audit table. */
  auditLink: (tenantId: string | null, seq: number): ItemKey => ({
    pk: `CHAIN#${tenantId ?? NO_TENANT}`,
    sk: numberText(seq),
  }),
};

/** A number as a text that sorts as it does. */
function numberText(number: number): string {
  return String(number).padStart(SEQ_DIGITS, '0');
}

/** Whether an item belongs to many keys at once. */
export function isSharedByKeys({ sk }: ItemKey): boolean {
  return sk === 'API' || sk === 'TENANT' || sk === 'PRODUCT';
}

/** Where all counts of a subject are. */
export function usagePartition(subject: UsageSubject): string {
  switch (subject.kind) {
    case 'credential':
      return `USE#${subject.keyId}`;
    case 'tenant':
      return `USE#${subject.tenantId}#${subject.environment}#${subject.keyType}`;
    case 'network':
      return `REFUSED#${subject.network}`;
    case 'namedKey':
      return `REFUSED#${subject.keyId}`;
  }
}

/** Sort key of a count; hours and days are lists of their own. */
export function usageSortKey(period: string): string {
  return `${period.includes('T') ? 'HOUR' : 'DAY'}#${period}`;
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
  keysOf: (tenantId: string) => `KEYS#${tenantId}`,
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
