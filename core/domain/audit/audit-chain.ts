import type { AuditEvent } from '../../contract/events.ts';
import { canonicalJson } from '../ground/canonical-json.ts';
import { eventPosition } from '../ground/event-id.ts';

/**
 * The audit records of a tenant, and those of no tenant, are chained by their links. A link says what the
 * record at its number is, by a digest, and until when it is kept, and holds the hash of the link before.
 * Links are kept for ever, so the last hash stands for every one of them, whatever has become of the
 * records: none can be changed, taken out before its time, put in or moved without all links after it being
 * made anew; and who knows a hash from elsewhere sees that too.
 */

/** SHA-256 of a text in UTF-8, in hexadecimal: passed in, since Node and browsers each have their own. */
export type Digest = (text: string) => string;

/** The end of a chain, as it is noted elsewhere. */
export interface Head {
  /** 1 for the first record of a chain. */
  readonly seq: number;
  /** SHA-256 in hexadecimal, like every digest here. */
  readonly hash: string;
}

/** What stands at each number of a chain, beside the record. */
export interface Link extends Head {
  /** 1 for what was written before links were chained themselves: there the record held what is hashed. */
  readonly version: 1 | 2;
  /** The hash of the link before; null for the first. */
  readonly previous: string | null;
  /** The record's sort key. */
  readonly record: string;
  /** When the record may be gone, in seconds since 1970; null for never. */
  readonly expires: number | null;
  /** Digest of the event's canonical JSON. */
  readonly event: string;
}

/** The link of an event that comes next. */
export function sealEvent(
  event: AuditEvent,
  expires: number | null,
  before: Head | undefined,
  digest: Digest,
): Link {
  const link = {
    version: 2,
    seq: (before?.seq ?? 0) + 1,
    previous: before?.hash ?? null,
    record: eventPosition(event),
    expires,
    event: digest(canonicalJson(event)),
  } as const;
  return { ...link, hash: digest(linkText(link)) };
}

/** What a link's hash is of: everything that it says. */
function linkText({ version, seq, previous, record, expires, event }: Omit<Link, 'hash'>): string {
  return canonicalJson({ version, seq, previous, record, expires, event });
}

/** What the hash of a link of version 1 is of, which had no end: none was written where records have any. */
export function firstFormatText(
  event: AuditEvent,
  { seq, previous }: Pick<Link, 'seq' | 'previous'>,
): string {
  return canonicalJson({ seq, previous, previousExpires: null, event });
}

/**
 * When a record may be gone: never before the one that it follows, so that what is kept is the end of a
 * chain, also when the retention is shortened.
 */
export function expiryOf(
  now: Date,
  retentionDays: number,
  before: Pick<Link, 'expires'> | undefined,
): number | null {
  if (retentionDays === 0) return null;
  return Math.max(Math.floor(now.getTime() / 1000) + retentionDays * 86_400, before?.expires ?? 0);
}

/** What is wrong with a chain, and with which record. */
export interface Tampering {
  /** `cutOff`: missing at the end, by a head; `forgedHead`: a head that nobody signed who may. */
  readonly kind: 'changed' | 'missing' | 'inserted' | 'reordered' | 'cutOff' | 'forgedHead';
  readonly seq: number | null;
  /** The event's id; null where nothing tells it any more. */
  readonly eventId: string | null;
  readonly message: string;
}

/** A record of the table, whatever was done to it. */
export interface KeptRecord {
  readonly event: AuditEvent;
  /** The number that it says is its own. */
  readonly seq: number;
  /** Whether it is in everything beside the event as is written at its link: key, day, number, end. */
  readonly isWhole: boolean;
}

/** What is found at a number of a chain. */
export interface ChainEntry {
  /** null for what stands at no number. */
  readonly seq: number | null;
  /** Undefined where what stands there is no link as any is written. */
  readonly link: Link | undefined;
  /** The record that the link names, if there is one. */
  readonly record: KeptRecord | undefined;
}

/** As much of the last link that was checked as the next is held against. */
export interface Checked {
  readonly seq: number;
  /** null where the link itself is wrong, which has been told. */
  readonly hash: string | null;
  readonly record: string | null;
}

/** Every text that `checkChain` asks the digest of, for whoever can't make one while it waits: a browser. */
export function digestedTexts(standings: readonly ChainEntry[]): string[] {
  return standings.flatMap(({ link, record }) => {
    if (link === undefined) return [];
    if (link.version === 1) return record === undefined ? [] : [firstFormatText(record.event, link)];
    return [linkText(link), ...(record === undefined ? [] : [canonicalJson(record.event)])];
  });
}

/**
 * Checks one standing after another. A record may be absent if its end, which its link's hash covers, has
 * passed; one that is there must be as it was written.
 * @param standings in order, going on from `before`
 */
export function checkChain(
  standings: readonly ChainEntry[],
  before: Checked | undefined,
  now: Date,
  digest: Digest,
): { readonly tampering: readonly Tampering[]; readonly last: Checked | undefined } {
  const tampering: Tampering[] = [];
  let last = before;
  for (const standing of standings) {
    const { seq } = standing;
    const expected = (last?.seq ?? 0) + 1;
    if (seq === null || seq < expected) {
      const message = 'beside the numbers of the chain stands something that was put in';
      tampering.push({ kind: 'inserted', seq, eventId: null, message });
      continue;
    }
    if (seq > expected) tampering.push(gapBefore(seq, expected));
    const found = checkLink(seq, standing, seq === expected ? last : undefined, digest);
    if (found !== undefined) tampering.push(found);
    else tampering.push(...checkRecord(standing.link as Link, standing.record, now, digest));
    last = {
      seq,
      hash: found === undefined ? (standing.link?.hash ?? null) : null,
      record: standing.link?.record ?? null,
    };
  }
  return { tampering, last };
}

function checkLink(seq: number, { link, record }: ChainEntry, before: Checked | undefined, digest: Digest) {
  const changed = (at: number, eventId: string | null, message: string): Tampering => ({
    kind: 'changed',
    seq: at,
    eventId,
    message,
  });
  if (link === undefined) return changed(seq, null, `what stands at ${seq} is no link as it was written`);
  const eventId = eventIdOf(link.record);
  if (record !== undefined && record.seq !== seq) {
    const message = `at ${seq} stands record ${record.seq} (${eventId}): the order was changed`;
    return { kind: 'reordered', seq, eventId, message } as const;
  }
  if (link.version === 2 && digest(linkText(link)) !== link.hash)
    return changed(seq, eventId, `the link of record ${seq} (${eventId}) was changed`);
  const isFirst = seq === 1;
  const wanted = isFirst ? null : before?.hash;
  const isKnown = isFirst || (before !== undefined && before.hash !== null);
  if (!isKnown || link.previous === wanted || (link.version === 1 && record === undefined)) return undefined;
  if (isFirst) return changed(seq, eventId, `record 1 (${eventId}) was sealed on another, and is the first`);
  const replaced = before?.record ? eventIdOf(before.record) : null;
  const message = `record ${seq - 1} (${replaced}) is not the one that record ${seq} was sealed on`;
  return changed(seq - 1, replaced, message);
}

function checkRecord(link: Link, record: KeptRecord | undefined, now: Date, digest: Digest): Tampering[] {
  const { seq } = link;
  const eventId = eventIdOf(link.record);
  if (record === undefined) {
    if (hasPassed(link.expires, now)) return [];
    return [{ kind: 'missing', seq, eventId, message: `record ${seq} (${eventId}) was removed` }];
  }
  const isSealed =
    link.version === 2
      ? digest(canonicalJson(record.event)) === link.event
      : digest(firstFormatText(record.event, link)) === link.hash;
  if (isSealed && record.isWhole) return [];
  return [{ kind: 'changed', seq, eventId, message: `record ${seq} (${eventId}) was changed` }];
}

function gapBefore(seq: number, expected: number): Tampering {
  const what = expected === seq - 1 ? `record ${expected}` : `records ${expected} to ${seq - 1}`;
  return { kind: 'missing', seq: expected, eventId: null, message: `${what} and their links were removed` };
}

/**
 * A record that its own number does not lead to.
 * @param position its sort key
 * @param link what stands at the number that it says is its own
 */
export function strayRecord(
  position: string,
  seq: number | null,
  link: Pick<Link, 'record'> | undefined,
): Tampering | undefined {
  if (link?.record === position) return undefined;
  const eventId = eventIdOf(position);
  const message = `record ${eventId} stands at no number of the chain: it was put in, or its link taken out`;
  return { kind: 'inserted', seq, eventId, message };
}

/** Whether an earlier head is still in the chain; undefined where these standings do not tell. */
export function checkHead(head: Head, standings: readonly ChainEntry[]): Tampering | undefined {
  const link = standings.find(({ seq }) => seq === head.seq)?.link;
  if (link === undefined || link.hash === head.hash) return undefined;
  const eventId = eventIdOf(link.record);
  const message = `record ${head.seq} (${eventId}) does not have the hash that it had`;
  return { kind: 'changed', seq: head.seq, eventId, message };
}

/** That a chain ends before an earlier head. */
export function checkEnd(head: Head, last: Pick<Head, 'seq'> | undefined): Tampering | undefined {
  const end = last?.seq ?? 0;
  if (end >= head.seq) return undefined;
  const message = `the chain ends at ${end}: records ${end + 1} to ${head.seq} were cut off`;
  return { kind: 'cutOff', seq: end + 1, eventId: null, message };
}

function hasPassed(expires: number | null, now: Date): boolean {
  return expires !== null && expires * 1000 <= now.getTime();
}

function eventIdOf(position: string): string {
  return position.slice(position.indexOf('#') + 1);
}
