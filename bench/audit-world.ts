import type { AuditEvent } from '../core/contract/events.ts';
import type { AnchorReading } from '../core/domain/audit/audit-anchor.ts';
import {
  expiryOf,
  firstFormatText,
  type Head,
  type Link,
  sealEvent,
  type Tampering,
} from '../core/domain/audit/audit-chain.ts';
import { eventId } from '../core/domain/ground/event-id.ts';
import { sha256 } from '../core/domain/ground/sha256.ts';
import type { Person } from '../core/domain/people/person.ts';
import { type ChainReader, standingOf } from '../core/store/audit-chain-reader.ts';
import { linkItem, placeOf, recordItem, type StoredItem } from '../core/store/audit-item.ts';
import { type ItemKey, itemKey } from '../core/store/item-keys.ts';
import { verifyAudit } from '../functions/audit/verify-audit.ts';
import type { Randomness } from './randomness.ts';

export const TENANT = 'tenant_chain';
const DAY_MILLISECONDS = 86_400_000;
const RETENTIONS = [0, 1, 7, 30, 365];
/** So small that most chains are verified in several parts. */
const PART_SIZE = 7;

export function keyText({ pk, sk }: Readonly<Record<'pk' | 'sk', unknown>>): string {
  return JSON.stringify([pk, sk]);
}

/** What a verification comes to. */
export interface Verdict {
  readonly tampering: readonly Tampering[];
  readonly unproven: number;
}

/** An audit table in memory that a publisher writes and DynamoDB's time-to-live deletes from. */
export class AuditWorld {
  now = new Date('2026-11-22T12:00:00.000Z');
  /** What the table holds, by the items' keys. */
  readonly items = new Map<string, StoredItem>();
  /** What was ever written to it. */
  readonly written = new Map<string, StoredItem>();
  /** The ends that the chain has had. */
  readonly heads: Head[] = [];
  readonly #random: Randomness;
  #tail: Link | undefined;
  #retentionDays = 0;

  constructor(random: Randomness) {
    this.#random = random;
  }

  /** Some weeks or years in which things happen, retentions change and records end. */
  live(steps: number): this {
    if (this.#random.fraction() < 0.2) this.#beginInFirstFormat(1 + this.#random.below(4));
    for (let step = 0; step < steps; step += 1) {
      if (this.#random.fraction() < 0.3) this.#retentionDays = this.#random.pick(RETENTIONS);
      for (let count = this.#random.below(4); count > 0; count -= 1) this.#append(this.event());
      this.now = new Date(this.now.getTime() + this.#random.below(40 * DAY_MILLISECONDS));
      this.#expire(this.#random.fraction());
    }
    return this;
  }

  event(): AuditEvent {
    const bytes = (size: number) => Buffer.from(Array.from({ length: size }, () => this.#random.below(256)));
    this.now = new Date(this.now.getTime() + 1);
    return {
      id: eventId(this.now, bytes),
      version: 1,
      type: this.#random.pick(['apiKey.created', 'apiKey.revoked', 'tenant.updated'] as const),
      time: this.now.toISOString(),
      tenantId: TENANT,
      actor: { type: 'admin', id: `person-${this.#random.below(3)}` },
      subject: { type: 'apiKey', id: 'key_0123456789AB' },
      data: { n: this.#random.fraction(), list: [1, null, { a: 'b' }] },
      requestId: `request-${this.#random.below(1000)}`,
    };
  }

  async verify(head: Head | null, anchors: readonly Head[] = []): Promise<Verdict> {
    const signed = anchors.map((anchor) => ({ ...anchor, tenantId: TENANT, signedAt: '' }));
    const reading: AnchorReading = { place: '', state: 'read', reason: null, anchors: signed, tampering: [] };
    const person = { tenants: '*' } as Person;
    const context = { now: this.now };
    // Who writes at will has taken the lock off; it is the chain that is to tell.
    const lock = { read: async () => ({ state: 'missing', differences: [] }) };
    const dependencies = { chains: this.#reader(), anchors: { read: async () => reading }, lock };
    const tampering: Tampering[] = [];
    let unproven = 0;
    let cursor: string | undefined;
    do {
      const request = { person, context, query: { tenantId: TENANT, head: head ?? undefined, cursor } };
      const { body } = await verifyAudit(request as never, dependencies as never);
      const part = body as Verdict & { nextCursor: string | null };
      tampering.push(...part.tampering);
      unproven += part.unproven ?? 0;
      cursor = part.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return { tampering, unproven };
  }

  partition(pk: string): StoredItem[] {
    const own = [...this.items.values()].filter((item) => item.pk === pk);
    return own.sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
  }

  put(item: StoredItem): void {
    this.items.set(keyText(item as unknown as ItemKey), item);
  }

  #append(event: AuditEvent): void {
    const link = sealEvent(event, expiryOf(this.now, this.#retentionDays, this.#tail), this.#tail, sha256);
    this.#write(recordItem(event, link), linkItem(TENANT, link));
    this.#tail = link;
    this.heads.push({ seq: link.seq, hash: link.hash });
  }

  /** As chains were written before links were chained. */
  #beginInFirstFormat(count: number): void {
    for (let seq = 1; seq <= count; seq += 1) {
      const event = this.event();
      const previous = this.#tail?.hash ?? null;
      const hash = sha256(firstFormatText(event, { seq, previous }));
      const record = itemKey.audit(event).sk;
      this.#write(
        { ...recordItem(event, { seq, expires: null }), previous, previousExpires: null, hash },
        { ...itemKey.auditLink(TENANT, seq), hash, record },
      );
      this.#tail = { version: 1, seq, previous, hash, record, expires: null, event: '' };
      this.heads.push({ seq, hash });
    }
  }

  #write(...items: readonly StoredItem[]): void {
    for (const item of items) {
      this.put(item);
      this.written.set(keyText(item as unknown as ItemKey), item);
    }
  }

  /** DynamoDB deletes late and in no order: each item whose time has passed, with this probability. */
  #expire(probability: number): void {
    for (const [key, { ttl }] of this.items) {
      const isOver = typeof ttl === 'number' && ttl * 1000 <= this.now.getTime();
      if (isOver && this.#random.fraction() < probability) this.items.delete(key);
    }
  }

  #reader(): ChainReader {
    const part = (pk: string, after: string | null) => {
      const all = this.partition(pk).filter(({ sk }) => after === null || String(sk) > after);
      const items = all.slice(0, PART_SIZE);
      const last = items.at(-1);
      return {
        items,
        end: last === undefined ? after : String(last.sk),
        more: all.length > items.length,
      };
    };
    const get = (key: ItemKey) => this.items.get(keyText(key));
    return {
      async links(tenantId, after) {
        const found = part(itemKey.auditLink(tenantId, 1).pk, after);
        const recordOf = ({ record }: StoredItem) => get({ pk: TENANT, sk: String(record) });
        return { ...found, items: found.items.map((item) => standingOf(tenantId, item, recordOf(item))) };
      },
      async records(tenantId, after) {
        const found = part(TENANT, after);
        const items = found.items.map((item) => {
          const seq = placeOf(item);
          const link = seq === null ? undefined : get(itemKey.auditLink(tenantId, seq));
          return { position: String(item.sk), seq, link: link && { record: String(link.record) } };
        });
        return { ...found, items };
      },
    };
  }
}
