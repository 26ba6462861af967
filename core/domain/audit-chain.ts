import { createHash } from 'node:crypto';
import type { AuditEvent } from '../contract/events.ts';
import { canonicalJson } from './canonical-json.ts';
import { eventPosition } from './event-id.ts';

/**
 * The audit records of a tenant, and those of no tenant, are chained: each has the next number and holds
 * the hash of the one before, so that none can be changed, taken out, put in or moved without all after it
 * being made anew; and who has noted a hash sees that too.
 */

/** A record's place in its chain. */
export interface Seal {
  /** 1 for the first record of a chain. */
  readonly seq: number;
  /** The hash of the record before; null for the first. */
  readonly previous: string | null;
  /** When the record before may be gone, in seconds since 1970; null for never. */
  readonly previousExpires: number | null;
  /** SHA-256, in hexadecimal, of the canonical JSON of `{ seq, previous, previousExpires, event }`. */
  readonly hash: string;
}

export interface SealedEvent {
  readonly event: AuditEvent;
  readonly seal: Seal;
}

/** What stands at each number of a chain, beside the records: the record's place and hash. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
  /** The record's sort key. */
  readonly record: string;
  /** When link and record may be gone, in seconds since 1970; null for never. */
  readonly expires: number | null;
}

/** The end of a chain, as an operator notes it. */
export type Head = Pick<Link, 'seq' | 'hash'>;

export function sealEvent(event: AuditEvent, before: Link | undefined): SealedEvent {
  const place = {
    seq: (before?.seq ?? 0) + 1,
    previous: before?.hash ?? null,
    previousExpires: before?.expires ?? null,
  };
  return { event, seal: { ...place, hash: hashOf(event, place) } };
}

/** What a record's hash must be. */
export function hashOf(event: AuditEvent, { seq, previous, previousExpires }: Omit<Seal, 'hash'>): string {
  return createHash('sha256').update(canonicalJson({ seq, previous, previousExpires, event })).digest('hex');
}

/**
 * When a record may be gone: never before the one that it follows, or retention would leave a gap in the
 * middle of a chain.
 */
export function expiryOf(now: Date, retentionDays: number, before: Link | undefined): number | null {
  if (retentionDays === 0) return null;
  return Math.max(Math.floor(now.getTime() / 1000) + retentionDays * 86_400, before?.expires ?? 0);
}

/** What is wrong with a chain, and with which record. */
export interface Tampering {
  /** `cutOff`: missing at the end, by an earlier head. */
  readonly kind: 'changed' | 'missing' | 'inserted' | 'reordered' | 'cutOff';
  readonly seq: number | null;
  /** The event's id; null where nothing tells it any more. */
  readonly eventId: string | null;
  readonly message: string;
}

/** A link and the record that it names, if there is one. */
export interface Linked {
  readonly link: Link;
  readonly record: SealedEvent | undefined;
}

/**
 * Checks one link after another. What has expired may be gone, and is not looked at if it is there.
 * @param links in order, going on from `before`
 */
export function checkLinks(links: readonly Linked[], before: Link | undefined, now: Date): Tampering[] {
  const found: Tampering[] = [];
  let previous = before;
  for (const linked of links) {
    if (!hasPassed(linked.link.expires, now)) found.push(...checkLink(linked, previous, now));
    previous = linked.link;
  }
  return found;
}

function checkLink({ link, record }: Linked, before: Link | undefined, now: Date): Tampering[] {
  const { seq } = link;
  const eventId = eventIdOf(link.record);
  const expected = (before?.seq ?? 0) + 1;
  const gap = seq > expected && !(record && hasPassed(record.seal.previousExpires, now));
  const found: Tampering[] = gap ? [gapBefore(seq, expected)] : [];
  if (record === undefined)
    return [...found, { kind: 'missing', seq, eventId, message: `record ${seq} (${eventId}) was removed` }];
  if (record.seal.seq !== seq) {
    const message = `at ${seq} stands record ${record.seal.seq} (${eventId}): the order was changed`;
    return [...found, { kind: 'reordered', seq, eventId, message }];
  }
  if (hashOf(record.event, record.seal) !== link.hash)
    return [...found, { kind: 'changed', seq, eventId, message: `record ${seq} (${eventId}) was changed` }];
  if (seq === expected && record.seal.previous !== (before?.hash ?? null)) {
    const replaced = before === undefined ? null : eventIdOf(before.record);
    const message = `record ${seq - 1} (${replaced}) is not the one that record ${seq} was sealed on`;
    return [...found, { kind: 'changed', seq: seq - 1, eventId: replaced, message }];
  }
  return found;
}

function gapBefore(seq: number, expected: number): Tampering {
  const what = expected === seq - 1 ? `record ${expected}` : `records ${expected} to ${seq - 1}`;
  return { kind: 'missing', seq: expected, eventId: null, message: `${what} and their links were removed` };
}

/** A record that its own number does not lead to. */
export function strayRecord({ event, seal }: SealedEvent, link: Link | undefined): Tampering | undefined {
  if (link?.record === eventPosition(event)) return undefined;
  const message = `record ${event.id} stands at no number of the chain: it was put in, or its link taken out`;
  return { kind: 'inserted', seq: seal.seq, eventId: event.id, message };
}

/** Whether an earlier head is still in the chain; undefined where the links given do not tell. */
export function checkHead(head: Head, links: readonly Link[]): Tampering | undefined {
  const link = links.find(({ seq }) => seq === head.seq);
  if (link === undefined || link.hash === head.hash) return undefined;
  const eventId = eventIdOf(link.record);
  const message = `record ${head.seq} (${eventId}) does not have the hash that it had`;
  return { kind: 'changed', seq: head.seq, eventId, message };
}

/** That a chain ends before an earlier head. */
export function checkEnd(head: Head, last: Link | undefined): Tampering | undefined {
  const end = last?.seq ?? 0;
  if (end >= head.seq) return undefined;
  const message = `the chain ends at ${end}: records ${end + 1} to ${head.seq} were cut off`;
  return { kind: 'cutOff', seq: end + 1, eventId: null, message };
}

/** Whether something may be gone. */
export function hasPassed(expires: number | null, now: Date): boolean {
  return expires !== null && expires * 1000 <= now.getTime();
}

function eventIdOf(position: string): string {
  return position.slice(position.indexOf('#') + 1);
}
