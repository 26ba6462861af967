import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { AuditEvent } from '../contract/events.ts';
import { expiryOf, type Head, sealEvent } from '../domain/audit/audit-chain.ts';
import { sha256 } from '../domain/ground/sha256.ts';
import {
  type KnownPlace,
  knownPlaceOf,
  linkItem,
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
}

/** A transaction takes 100 items of 4 MB in all: three for each event, and room for what surrounds them. */
const MOST_EVENTS = 33;
const LARGEST_TRANSACTION_BYTES = 3 * 1024 * 1024;
const TELLING = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
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
        if (!isTailKnown) tail = await this.#tail(tenantId);
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

  /** @throws Error when what stands at the chain's end leads nowhere */
  async #tail(tenantId: string | null): Promise<Tail | undefined> {
    const { client, name } = this.#options.table;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :chain',
        ExpressionAttributeValues: { ':chain': itemKey.auditLink(tenantId, 0).pk },
        ScanIndexForward: false,
        Limit: 1,
        ConsistentRead: true,
      }),
    );
    return Items[0] && tailOf(Items[0]);
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
      await this.#complete(tenantId, known, tail);
      return { kept: new Set(known.keys()), end: undefined };
    }
  }

  /**
   * Adds what records may lack that are there: the link at the chain's end, which a record that has the number after
   * it has none of, and what an item's changes are found by.
   */
  async #complete(
    tenantId: string | null,
    known: ReadonlyMap<AuditEvent, KnownPlace>,
    tail: Tail | undefined,
  ): Promise<void> {
    let last = tail;
    const links = [...known].flatMap(([event, { seq, expires }]) => {
      if (seq !== (last?.seq ?? 0) + 1) return [];
      const link = sealEvent(event, expires, last, sha256);
      last = link;
      return [{ Put: firstPut(this.#options.table, linkItem(tenantId, link)) }];
    });
    const items = [...links, ...this.#notesOf([...known.keys()])];
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
