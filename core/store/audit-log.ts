import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { BoundedMap } from '../access/bounded-map.ts';
import type { Table } from '../aws/document-client.ts';
import type { AuditEvent } from '../contract/events.ts';
import { expiryOf, type Head, type Link, sealEvent } from '../domain/audit/audit-chain.ts';
import { sha256 } from '../domain/ground/sha256.ts';
import {
  eventOf,
  type KnownPlace,
  knownPlaceOf,
  linkItem,
  placeAndEnd,
  recordedItem,
  recordItem,
  type StoredItem,
  type Tail,
  tailOf,
} from './audit-item.ts';
import { itemKey } from './item-keys.ts';

/** What an append came to. */
export interface Appended {
  /** The first event that is not kept, and why; all before it are. */
  readonly failure?: {
    readonly event: AuditEvent;
    readonly cause: unknown;
    /** Whether it is refused for what it, or its chain, is; otherwise what it depends on failed. */
    readonly isOwn: boolean;
  };
  /** The chain's end, as this call left or found it; it holds every event that is kept. */
  readonly head?: Head;
}

export interface AuditLogOptions {
  readonly table: Table;
  /** How long records are kept; 0 for ever. */
  readonly retentionDays: number;
  readonly now: () => Date;
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /**
   * Whether the table was a copy of one in another Region, so that records may stand after a chain's end whose events
   * nobody delivers again: their links are added before anything else is.
   */
  readonly wasCopy?: boolean;
}

/** A transaction takes 100 items of 4 MB in all: three for each event, and room for what surrounds them. */
const MOST_EVENTS = 33;
const LARGEST_TRANSACTION_BYTES = 3 * 1024 * 1024;
const TELLING = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
/** Of a copy's newest records, how many are looked at for those that have no link: some transactions' worth. */
const MOST_UNLINKED = 200;
/** Of how many chains it is remembered that their ends were looked at; those above are looked at again. */
const MOST_CHAINS = 10_000;
/** How often in a row another publisher may have been first. */
const MOST_CONTENDED = 12;
const SHORTEST_WAIT_MILLISECONDS = 10;
const LONGEST_WAIT_MILLISECONDS = 500;

/**
 * Writes the audit table. Each event is added once, with its link, at the end of its tenant's chain, in
 * transactions whose every put demands that there was nothing: so a record that exists was kept by an
 * earlier delivery of the same event, and a number that is taken by another publisher, who was first. A copy of
 * the table in another Region comes item by item; where that was cut off, what a transaction lacks is added.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  /** Chains whose records after the end were looked for. */
  readonly #completed = new BoundedMap<string | null, true>(MOST_CHAINS);

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** Keeps events of one tenant, or of none, in their order. Repeats are kept once. */
  async append(tenantId: string | null, events: readonly AuditEvent[]): Promise<Appended> {
    const { failure, ...kept } = await this.#keep(tenantId, events);
    const failed = failure && { failure };
    try {
      // An earlier delivery may have ended before it told the head of what it kept, so it is told now.
      const tail = kept.tail ?? (await this.#tail(tenantId));
      return { ...failed, ...(tail && { head: { seq: tail.seq, hash: tail.hash } }) };
    } catch (cause) {
      // What is delivered again is found kept, and its head told then.
      const last = events.at(-1);
      return failed ?? (last === undefined ? {} : { failure: { event: last, cause, isOwn: false } });
    }
  }

  /** Returns the chain's end too, where this call knows it. */
  async #keep(
    tenantId: string | null,
    events: readonly AuditEvent[],
  ): Promise<Pick<Appended, 'failure'> & { readonly tail?: Tail | undefined }> {
    let waiting = [...new Map(events.map((event) => [itemKey.audit(event).sk, event])).values()];
    let most = MOST_EVENTS;
    let contended = 0;
    let tail: Tail | undefined;
    let isTailKnown = false;
    let failure: Appended['failure'];
    for (let first = waiting[0]; first !== undefined && !failure; first = waiting[0]) {
      const group = leading(waiting, most);
      try {
        if (!isTailKnown) tail = await this.#end(tenantId);
        isTailKnown = true;
        const { kept, end } = await this.#add(tenantId, group, tail);
        tail = end;
        isTailKnown = end !== undefined;
        waiting = waiting.filter((event) => !kept.has(event));
        contended = 0;
      } catch (cause) {
        isTailKnown = false;
        if (isContention(cause)) {
          contended += 1;
          if (contended === MOST_CONTENDED) failure = { event: first, cause, isOwn: false };
          else await this.#options.wait(this.#pause(contended));
        } else if (isRefusal(cause) && group.length > 1) most = Math.ceil(group.length / 2);
        else failure = { event: first, cause, isOwn: isRefusal(cause) };
      }
    }
    return { ...(failure && { failure }), ...(isTailKnown && { tail }) };
  }

  /** The chain's end, once whatever of a copy stands after it has its links. */
  async #end(tenantId: string | null): Promise<Tail | undefined> {
    const tail = await this.#tail(tenantId);
    if (this.#options.wasCopy !== true || this.#completed.get(tenantId)) return tail;
    try {
      const unlinked = missingLinks(await this.#newestRecords(tenantId), tail);
      if (unlinked.size > 0) {
        await this.#complete(tenantId, unlinked, [...unlinked.keys()]);
        return this.#end(tenantId);
      }
    } catch (cause) {
      // What nobody of ours has written is left to be named; it holds back nothing.
      if (!isRefusal(cause)) throw cause;
    }
    this.#completed.set(tenantId, true);
    return tail;
  }

  async #newestRecords(tenantId: string | null): Promise<readonly (readonly [AuditEvent, KnownPlace])[]> {
    const { pk } = itemKey.audit({ tenantId, time: '', id: '' });
    const items = await this.#newest(pk, MOST_UNLINKED);
    return items.map((item) => [eventOf(item), placeAndEnd(item)]);
  }

  /** @throws Error when what stands at the chain's end leads nowhere */
  async #tail(tenantId: string | null): Promise<Tail | undefined> {
    const [last] = await this.#newest(itemKey.auditLink(tenantId, 0).pk, 1);
    return last && tailOf(last);
  }

  /** The last items of a partition, the very last first. */
  async #newest(pk: string, Limit: number): Promise<readonly StoredItem[]> {
    const { client, name } = this.#options.table;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ScanIndexForward: false,
        Limit,
        ConsistentRead: true,
      }),
    );
    return Items;
  }

  /** Returns what is kept now, and the chain's new end where this call has made it. */
  async #add(tenantId: string | null, events: readonly AuditEvent[], tail: Tail | undefined) {
    const { table, retentionDays, now } = this.#options;
    let last = tail;
    const items = events.flatMap((event) => {
      const link = sealEvent(event, expiryOf(now(), retentionDays, last), last, sha256);
      last = link;
      return [recordItem(event, link), linkItem(tenantId, link)];
    });
    // Of a record that is there it is told which number it has.
    const puts = items.map((Item) => ({ Put: { ...firstPut(table, Item), ...TELLING } }));
    try {
      // After all the others, by whose places failures are told apart.
      await this.#transact([...puts, ...this.#notesOf(events)]);
      return { kept: new Set(events), end: last };
    } catch (cause) {
      const known = keptAlready(cause, events);
      if (known.size === 0) throw cause;
      await this.#complete(tenantId, missingLinks([...known], tail), [...known.keys()]);
      return { kept: new Set(known.keys()), end: undefined };
    }
  }

  /** Adds what records may lack that are there: links, and what an item's changes are found by. */
  async #complete(
    tenantId: string | null,
    links: ReadonlyMap<AuditEvent, Link>,
    events: readonly AuditEvent[],
  ): Promise<void> {
    const puts = [...links.values()].map((link) => ({
      Put: firstPut(this.#options.table, linkItem(tenantId, link)),
    }));
    const items = [...puts, ...this.#notesOf(events)];
    if (items.length > 0) await this.#transact(items);
  }

  #notesOf(events: readonly AuditEvent[]) {
    const recorded = events.map(recordedItem).filter((item) => item !== undefined);
    const marks = [...new Map(recorded.map((Item) => [JSON.stringify([Item.pk, Item.sk]), Item])).values()];
    return marks.map((Item) => ({ Put: { TableName: this.#options.table.name, Item } }));
  }

  async #transact(TransactItems: NonNullable<TransactWriteCommandInput['TransactItems']>): Promise<void> {
    await this.#options.table.client.send(new TransactWriteCommand({ TransactItems }));
  }

  #pause(contended: number): number {
    const longest = Math.min(SHORTEST_WAIT_MILLISECONDS * 2 ** contended, LONGEST_WAIT_MILLISECONDS);
    return this.#options.random() * longest;
  }
}

/** A put that demands that there was nothing. */
function firstPut(table: Table, Item: StoredItem) {
  return { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' };
}

/** The links at a chain's end that records have none of whose numbers are the next ones; for one transaction. */
function missingLinks(
  known: readonly (readonly [AuditEvent, KnownPlace])[],
  tail: Tail | undefined,
): ReadonlyMap<AuditEvent, Link> {
  const links = new Map<AuditEvent, Link>();
  let last: (Head & Pick<Link, 'expires'>) | undefined = tail;
  for (const [event, { seq, expires }] of known.toSorted(([, a], [, b]) => (a.seq ?? 0) - (b.seq ?? 0))) {
    if (seq !== (last?.seq ?? 0) + 1 || links.size === MOST_EVENTS) continue;
    const link = sealEvent(event, expires, last, sha256);
    links.set(event, link);
    last = link;
  }
  return links;
}

/** The first events, as many as one transaction takes. */
function leading(events: readonly AuditEvent[], most: number): readonly AuditEvent[] {
  let bytes = 0;
  const end = events.slice(0, most).findIndex((event, index) => {
    bytes += Buffer.byteLength(JSON.stringify(event));
    return index > 0 && bytes > LARGEST_TRANSACTION_BYTES;
  });
  return events.slice(0, end === -1 ? most : end);
}

/** The events whose records exist: each has two items at the beginning, the record first. */
function keptAlready(error: unknown, events: readonly AuditEvent[]): ReadonlyMap<AuditEvent, KnownPlace> {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  const known = events.flatMap((event, index) => {
    const { Code, Item = {} } = reasons[2 * index] ?? {};
    return Code === 'ConditionalCheckFailed' ? [[event, knownPlaceOf(Item)] as const] : [];
  });
  return new Map(known);
}

/** Another publisher took the number, or is about to. */
function isContention(error: unknown): boolean {
  return reasonsOf(error).some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}

/**
 * The table, the client or this program finds something wrong with the items themselves: with one of them, it
 * may be. What the network or the account has to say carries a code, or a name of its own.
 */
function isRefusal(error: unknown): boolean {
  if (reasonsOf(error).includes('ValidationError')) return true;
  if (error instanceof DynamoDBServiceException) return error.name === 'ValidationException';
  if (!(error instanceof Error) || 'code' in error || '$metadata' in error) return false;
  return ['Error', 'TypeError', 'RangeError'].includes(error.name);
}

function reasonsOf(error: unknown): readonly (string | undefined)[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map(({ Code }) => Code);
}
