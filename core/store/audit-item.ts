import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { KeptRecord, Link } from '../domain/audit/audit-chain.ts';
import { type RecordedRevision, revisionOf } from '../domain/audit/item-revision.ts';
import { canonicalJson } from '../domain/ground/canonical-json.ts';
import { eventPosition } from '../domain/ground/event-id.ts';
import { itemKey } from './item-keys.ts';

/**
 * What every event becomes in the audit table: the record, which may end, and its link; and for a numbered
 * change of an item what it is found by there.
 */

export type StoredItem = Readonly<Record<string, unknown>>;

/** Length of `yyyy-mm-dd`. */
export const DAY_LENGTH = 10;

const DIGEST = /^[0-9a-f]{64}$/;
/** A time, and a UUID. */
const LONGEST_POSITION = 120;
/** As `itemKey.auditLink` writes it. */
const SEQ = /^[0-9]{16}$/;

export function recordItem(event: AuditEvent, { seq, expires }: Pick<Link, 'seq' | 'expires'>): StoredItem {
  return {
    ...itemKey.audit(event),
    day: String(event.time).slice(0, DAY_LENGTH),
    seq,
    ...(expires !== null && { [TTL_ATTRIBUTE]: expires }),
    ...event,
  };
}

/** It has no time to live, whatever its record has. */
export function linkItem(tenantId: string | null, { seq, ...link }: Link): StoredItem {
  return { ...itemKey.auditLink(tenantId, seq), ...link };
}

/** That the log has the event of an item's change, found by the item; undefined for an event of no such change. */
export function recordedItem(event: AuditEvent): StoredItem | undefined {
  const change = revisionOf(event);
  return change && { ...itemKey.recorded(change), record: eventPosition(event) };
}

/** The revision of such an item. */
export function recordedRevision({ sk, record }: StoredItem): RecordedRevision {
  return { revision: Number(sk), time: String(record).split('#')[0] ?? '' };
}

/** The number that a link's sort key is; null where it is none. */
export function seqOf(sk: unknown): number | null {
  const seq = typeof sk === 'string' && SEQ.test(sk) ? Number(sk) : 0;
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

/** As much of a chain's last link as the next is made from. */
export type Tail = Pick<Link, 'seq' | 'hash' | 'expires'>;

/** @throws Error for an item that nothing can follow: whoever put it there wrote over the chain's end */
export function tailOf({ pk, sk, hash, expires }: StoredItem): Tail {
  const seq = seqOf(sk);
  if (seq === null || !isDigest(hash))
    throw new Error(`${pk} ends in ${sk}, which is no link of an audit chain; verify the audit log`);
  return { seq, hash, expires: Number.isSafeInteger(expires) ? (expires as number) : null };
}

/**
 * The link that an item is, or undefined where it holds anything else than is written as a link.
 * @param record the item that it names, which in the first format holds what is hashed
 */
export function linkOf(
  tenantId: string | null,
  item: StoredItem,
  record: StoredItem | undefined,
): Link | undefined {
  const seq = seqOf(item.sk);
  const { version, previous, record: position, expires, event, hash } = item;
  if (seq === null || !isPosition(position) || !isDigest(hash)) return undefined;
  if (version === undefined) {
    const before = isDigest(record?.previous) ? record.previous : null;
    const first: Link = {
      version: 1,
      seq,
      hash,
      previous: before,
      record: position,
      expires: null,
      event: '',
    };
    const written = { ...itemKey.auditLink(tenantId, seq), hash, record: position };
    return isSame(written, item) ? first : undefined;
  }
  if (version !== 2 || !isDigest(event) || !(previous === null || isDigest(previous))) return undefined;
  if (!(expires === null || Number.isSafeInteger(expires))) return undefined;
  const link: Link = {
    version,
    seq,
    hash,
    previous,
    record: position,
    expires: expires as number | null,
    event,
  };
  return isSame(linkItem(tenantId, link), item) ? link : undefined;
}

/** The event that a record of the table holds, as readers are shown it. */
export function eventOf(item: StoredItem): AuditEvent {
  return eventIn(item, item.hash === undefined ? 2 : 1);
}

/** The event in a record's item, with everything that was added to it. */
function eventIn(item: StoredItem, version: Link['version']): AuditEvent {
  const { pk, sk, day, seq, [TTL_ATTRIBUTE]: _, ...event } = item;
  if (version === 2) return event as unknown as AuditEvent;
  const { previous, previousExpires, hash, ...first } = event;
  return first as unknown as AuditEvent;
}

/** What a record that is there says of its place. */
export type KnownPlace = Pick<Link, 'expires'> & { readonly seq: number | null };

/** The same of an item in DynamoDB's own form, as a refused transaction tells it. */
export function knownPlaceOf(
  item: Readonly<Record<string, { readonly N?: string | undefined }>>,
): KnownPlace {
  const numberIn = (name: string) => (item[name]?.N === undefined ? null : Number(item[name].N));
  return { seq: numberIn('seq'), expires: numberIn(TTL_ATTRIBUTE) };
}

/** The same of an item that was read. */
export function placeAndEnd(item: StoredItem): KnownPlace {
  const expires = item[TTL_ATTRIBUTE];
  return { seq: placeOf(item), expires: Number.isSafeInteger(expires) ? (expires as number) : null };
}

/** The number that a record says is its own; null where it is none. */
export function placeOf({ seq }: StoredItem): number | null {
  return Number.isSafeInteger(seq) && (seq as number) > 0 ? (seq as number) : null;
}

/** The record in an item that this link names. */
export function recordAt(link: Link, item: StoredItem): KeptRecord {
  const event = eventIn(item, link.version);
  const { hash, previous } = link;
  const first = link.version === 1 && { previous, previousExpires: null, hash };
  const written = { ...recordItem(event, link), ...first };
  return { event, seq: placeOf(item) ?? 0, isWhole: isSame(written, item) };
}

function isPosition(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_POSITION;
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && DIGEST.test(value);
}

function isSame(written: StoredItem, found: StoredItem): boolean {
  return canonicalJson(written) === canonicalJson(found);
}
