import { isDeepStrictEqual } from 'node:util';
import type { AuditEvent } from '../core/contract/events.ts';
import { type Head, type Link, sealEvent } from '../core/domain/audit/audit-chain.ts';
import { eventPosition } from '../core/domain/ground/event-id.ts';
import { sha256 } from '../core/domain/ground/sha256.ts';
import { linkItem, recordItem, type StoredItem } from '../core/store/audit-item.ts';
import { itemKey } from '../core/store/item-keys.ts';
import { type AuditWorld, keyText, TENANT } from './audit-world.ts';
import type { Randomness } from './randomness.ts';

/**
 * Somebody who may write the audit table at will, and knows the code: every hash can be made anew. What
 * can't be done is change a head that somebody has elsewhere.
 */

const CHAIN = itemKey.auditLink(TENANT, 1).pk;
/** Attributes of a record's item beside the event. */
const OWN = ['pk', 'sk', 'day', 'seq', 'ttl', 'previous', 'previousExpires', 'hash'];

type Attack = (world: AuditWorld, random: Randomness) => void;

export const ATTACKS: Readonly<Record<string, Attack>> = {
  changeEvent(world, random) {
    change(
      world,
      random,
      TENANT,
      random.pick(['data', 'actor', 'type', 'requestId', 'subject', 'tenantId', 'id']),
    );
  },
  changeRecord(world, random) {
    change(world, random, TENANT, random.pick(['day', 'seq', 'ttl', 'hash', 'previous', 'time', 'note']));
  },
  changeLink(world, random) {
    const names = ['hash', 'previous', 'record', 'expires', 'event', 'version', 'ttl', 'note'];
    change(world, random, CHAIN, random.pick(names));
  },
  /** A record and its link, as if it had been so from the beginning; the links after it are left, or the hash. */
  rewrite(world, random) {
    const seq = someSeq(world, random);
    const [record, link] = [recordOf(world, seq), linkAt(world, seq)];
    if (record === undefined || link === undefined) return;
    const event = { ...eventIn(record), data: { n: random.fraction() } };
    const before = linkAt(world, seq - 1) as unknown as Head | undefined;
    const expires = random.pick([(record.ttl ?? null) as number | null, null, 1]);
    const made = sealEvent(event, expires, before && { seq: seq - 1, hash: before.hash }, sha256);
    const hash = random.fraction() < 0.5 ? String(link.hash) : made.hash;
    world.put(recordItem(event, made));
    world.put(linkItem(TENANT, { ...made, hash }));
  },
  /** An end in the past for what is there, which then may be gone. */
  endAndRemove(world, random) {
    const seq = someSeq(world, random);
    const [record, link] = [recordOf(world, seq), linkAt(world, seq)];
    if (link === undefined) return;
    remove(world, record);
    world.put({ ...link, ...(random.fraction() < 0.5 ? { expires: 1 } : { ttl: 1 }) });
  },
  redate(world, random) {
    const ttl = Math.floor(world.now.getTime() / 1000) + random.pick([-400, -1, 0, 1, 400]) * 86_400;
    const seq = someSeq(world, random);
    for (const item of [recordOf(world, seq), linkAt(world, seq)]) {
      if (item === undefined || random.fraction() < 0.3) continue;
      const { ttl: _, ...rest } = item;
      const isLink = item.pk === CHAIN;
      world.put({ ...rest, ...(random.fraction() < 0.8 && { ttl }), ...(isLink && { expires: ttl }) });
    }
  },
  removeRecord(world, random) {
    remove(world, recordOf(world, someSeq(world, random)));
  },
  removeLink(world, random) {
    remove(world, linkAt(world, someSeq(world, random)));
  },
  removeBoth(world, random) {
    removeNumbers(world, [someSeq(world, random)]);
  },
  truncateEnd(world, random) {
    removeNumbers(world, numbers(world).slice(someSeq(world, random) - 1));
  },
  truncateBeginning(world, random) {
    removeNumbers(world, numbers(world).slice(0, someSeq(world, random)));
  },
  inventRecord(world, random) {
    const event = world.event();
    const seq = random.pick([someSeq(world, random), numbers(world).length + 1, 0]);
    world.put(recordItem(event, { seq, expires: null }));
  },
  inventLink(world, random) {
    const link = linkAt(world, someSeq(world, random));
    const sk = random.pick([
      '!',
      '0000000000000000',
      'x',
      String(numbers(world).length + 2).padStart(16, '0'),
    ]);
    if (link !== undefined) world.put({ ...link, pk: CHAIN, sk });
  },
  inventAtEnd(world, random) {
    for (let count = 1 + random.below(3); count > 0; count -= 1) {
      const links = world.partition(CHAIN);
      const last = links.at(-1) as unknown as Head | undefined;
      const event = world.event();
      const before = last && { seq: links.length, hash: String(last.hash) };
      const link = sealEvent(event, null, before, sha256);
      world.put(recordItem(event, link));
      world.put(linkItem(TENANT, link));
    }
  },
  swapLinks(world, random) {
    const [one, other] = [linkAt(world, someSeq(world, random)), linkAt(world, someSeq(world, random))];
    if (one === undefined || other === undefined) return;
    world.put({ ...one, sk: other.sk });
    world.put({ ...other, sk: one.sk });
  },
  swapRecords(world, random) {
    const [one, other] = [recordOf(world, someSeq(world, random)), recordOf(world, someSeq(world, random))];
    if (one === undefined || other === undefined) return;
    world.put({ ...one, sk: other.sk });
    world.put({ ...other, sk: one.sk });
  },
  swapNumbers(world, random) {
    const [one, other] = [recordOf(world, someSeq(world, random)), recordOf(world, someSeq(world, random))];
    if (one === undefined || other === undefined) return;
    world.put({ ...one, seq: other.seq });
    world.put({ ...other, seq: one.seq });
  },
  moveRecord(world, random) {
    const record = recordOf(world, someSeq(world, random));
    if (record === undefined) return;
    const time = new Date(world.now.getTime() + random.below(86_400_000)).toISOString();
    remove(world, record);
    const moved = { ...record, time, day: time.slice(0, 10) };
    world.put({ ...moved, sk: eventPosition(moved as unknown as AuditEvent) });
  },
};

/** One to four attacks, and often all hashes made anew so that the chain is whole in itself again. */
export function attack(world: AuditWorld, random: Randomness): readonly string[] {
  const count = random.pick([1, 1, 2, 3, 4]);
  const names = Array.from({ length: count }, () => random.pick(Object.keys(ATTACKS)));
  for (const name of names) ATTACKS[name]?.(world, random);
  if (random.fraction() < 0.6) return names;
  makeAnew(world, 1 + random.below(numbers(world).length + 1));
  return [...names, 'made anew'];
}

/**
 * Whether the table is other than time-to-live alone could have left it, by what was ever written: every
 * link, every record before its end, each as it was, and nothing else.
 */
export function isEffective({ written, items, now }: AuditWorld): boolean {
  for (const [key, item] of written) {
    const found = items.get(key);
    const mayBeGone = typeof item.ttl === 'number' && item.ttl * 1000 <= now.getTime();
    if (found === undefined ? !mayBeGone : !isDeepStrictEqual(found, item)) return true;
  }
  return [...items.keys()].some((key) => !written.has(key));
}

/** Seals the records that are there, in their order, on what stands before `from`; numbers close up. */
function makeAnew(world: AuditWorld, from: number): void {
  const links = world.partition(CHAIN);
  const kept = links.slice(0, from - 1);
  const sealed = new Set(kept.map(({ record }) => record));
  const rest = world.partition(TENANT).filter(({ sk }) => !sealed.has(sk));
  let before = kept.at(-1) as unknown as Link | undefined;
  if (before !== undefined) before = { ...before, seq: kept.length };
  for (const link of links.slice(from - 1)) remove(world, link);
  for (const item of rest) {
    const event = eventIn(item);
    remove(world, item);
    const link = sealEvent(event, typeof item.ttl === 'number' ? item.ttl : null, before, sha256);
    world.put(recordItem(event, link));
    world.put(linkItem(TENANT, link));
    before = link;
  }
}

function eventIn(item: StoredItem): AuditEvent {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => !OWN.includes(name)),
  ) as unknown as AuditEvent;
}

function change(world: AuditWorld, random: Randomness, pk: string, name: string): void {
  const items = world.partition(pk);
  if (items.length === 0) return;
  const item = random.pick(items);
  const other = random.pick(items);
  const values = [other[name], 'x', 'f'.repeat(64), random.below(1000), null, {}, '2026-11-21T00:00:00.000Z'];
  // An index's key is a text: the table itself takes no other.
  const possible = name === 'day' ? values.filter((value) => typeof value === 'string') : values;
  const value = possible[random.below(possible.length)];
  const { [name]: _, ...rest } = item;
  world.put(value === undefined ? rest : { ...rest, [name]: value });
}

function numbers(world: AuditWorld): number[] {
  return world.partition(CHAIN).map((_, index) => index + 1);
}

function someSeq(world: AuditWorld, random: Randomness): number {
  return 1 + random.below(Math.max(1, numbers(world).length));
}

function linkAt(world: AuditWorld, seq: number): StoredItem | undefined {
  return world.items.get(keyText(itemKey.auditLink(TENANT, seq)));
}

function recordOf(world: AuditWorld, seq: number): StoredItem | undefined {
  const sk = linkAt(world, seq)?.record;
  return sk === undefined ? undefined : world.items.get(keyText({ pk: TENANT, sk }));
}

function remove(world: AuditWorld, item: StoredItem | undefined): void {
  if (item !== undefined) world.items.delete(keyText({ pk: item.pk, sk: item.sk }));
}

function removeNumbers(world: AuditWorld, seqs: readonly number[]): void {
  for (const seq of seqs) {
    remove(world, recordOf(world, seq));
    remove(world, linkAt(world, seq));
  }
}
