import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  QueryCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { BoundedMap } from '../access/bounded-map.ts';
import type { Table } from '../aws/document-client.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { compositeKey } from '../domain/ground/composite-key.ts';
import type { UsageCount } from '../domain/usage/access-record.ts';
import type { Tally, UsageSubject } from '../domain/usage/usage-tally.ts';
import { writeIf } from './conditional-write.ts';
import type { FreshCounts } from './fresh-counts.ts';
import { FreshStore } from './fresh-store.ts';
import { type ItemKey, itemKey } from './item-keys.ts';
import { countUpdate, type FullLists, fullLists, takenBy } from './usage-count.ts';
import {
  BATCH_LIFE_DAYS,
  CONDITION_FAILED,
  DAY_SECONDS,
  inDays,
  MOST_ATTEMPTS,
  passes,
  transact,
  type UncountedPart,
  type UsageRetention,
  type UsageWriting,
  waitBefore,
} from './usage-writing.ts';

/** What was counted of a subject in a period: `yyyy-mm-ddThh` or `yyyy-mm-dd`, UTC. */
export interface PeriodCount {
  readonly period: string;
  readonly count: UsageCount;
}

/** DynamoDB's limit of a transaction is 100 items; one of them says that it was done. */
const TALLIES_PER_TRANSACTION = 99;
/** Items with full lists that an instance remembers. */
const MOST_FULL_ITEMS = 1_000;
/** A subject's counts of one hour may go a period later. */
const TRANSIENT_DAYS = 2;

/** Counts of requests, by subject and hour or day, with what files have told of them: the usage table. */
export class UsageStore {
  readonly #table: Table;
  readonly #fresh: FreshStore;
  readonly #full = new BoundedMap<string, FullLists>(MOST_FULL_ITEMS);

  constructor(table: Table) {
    this.#table = table;
    this.#fresh = new FreshStore(table);
  }

  /**
   * Adds a batch's tallies, each exactly once however often the batch comes. A batch is written in parts,
   * each of them together with a record of itself, all or nothing; so it can be cut off anywhere. The parts
   * are made by the items' keys alone: another version of the countries' file makes the same ones. A count
   * that can't be added to is left out of its part, which says that it is owed: the others are not held up by
   * it, and when the batch comes again it is tried alone.
   * @returns what could not be added; the batch is to come again for it
   */
  async add(batchId: string, tallies: readonly Tally[], writing: UsageWriting): Promise<UncountedPart[]> {
    const uncounted: UncountedPart[] = [];
    const sorted = tallies
      .map((tally) => ({ tally, key: itemKey.usage(tally.subject, tally.period) }))
      .sort((a, b) => (nameOf(a.key) < nameOf(b.key) ? -1 : 1));
    for (let part = 0; part * TALLIES_PER_TRANSACTION < sorted.length; part++) {
      const start = part * TALLIES_PER_TRANSACTION;
      const entries = sorted.slice(start, start + TALLIES_PER_TRANSACTION);
      const ledger = itemKey.usageBatch(batchId, part);
      try {
        const owed = await this.#addPart(ledger, entries, writing);
        for (const entry of owed) uncounted.push(...(await this.#addOwed(ledger, entry, writing)));
      } catch (cause) {
        uncounted.push({ what: `part ${part} of the batch`, cause });
      }
    }
    return uncounted;
  }

  /**
   * Adds what a set of fresh counts comes to, once however often: a count knows the last set that it has taken in.
   * Sets come in their order.
   */
  async takeIn(tally: Tally, set: number, writing: UsageWriting): Promise<void> {
    const key = itemKey.usage(tally.subject, tally.period);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      try {
        if (await writeIf(this.#table, new UpdateCommand(this.#update({ tally, key }, writing, set)))) return;
      } catch (error) {
        if (!(error instanceof TransactionConflictException)) throw error;
        await waitBefore(attempt, writing);
        continue;
      }
      const item = (await this.#item(key)) ?? {};
      if (takenBy(item) >= set) return;
      this.#full.set(nameOf(key), fullLists(item));
    }
    throw new Error(`others were in the way of ${key.pk} ${key.sk} ${MOST_ATTEMPTS} times in a row`);
  }

  /** What was counted of a subject in one period, as it is now. */
  async count(subject: UsageSubject, period: string): Promise<UsageCount> {
    const fresh = await this.#fresh.of([subject]);
    const key = itemKey.usage(subject, period);
    return fresh.count(key, await this.#item(key));
  }

  /** What is fresh of many subjects, to be read once before the counts of them. */
  fresh(subjects: readonly UsageSubject[]): Promise<FreshCounts> {
    return this.#fresh.of(subjects);
  }

  /** What was counted of a subject in the periods from `from` to `to`, both included and of one kind. */
  async counts(subject: UsageSubject, from: string, to: string, known?: FreshCounts): Promise<PeriodCount[]> {
    const fresh = known ?? (await this.#fresh.of([subject]));
    const [first, last] = [itemKey.usage(subject, from), itemKey.usage(subject, to)];
    const { pk } = first;
    const items = new Map<string, Record<string, unknown> | undefined>();
    for (const sk of fresh.places(first)) if (sk >= first.sk && sk <= last.sk) items.set(sk, undefined);
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': pk, ':from': first.sk, ':to': last.sk },
          // A copy that lags behind would not have what is no longer fresh.
          ...(fresh.isKnown && { ConsistentRead: true }),
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const item of Items ?? []) items.set(String(item.sk), item);
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return [...items.keys()].sort().map((sk) => ({
      period: sk.split('#')[1] ?? '',
      count: fresh.count({ pk, sk }, items.get(sk)),
    }));
  }

  /** Adds a part but for what stands in its way; returns what is owed of it, by now or since an earlier delivery. */
  async #addPart(
    ledger: ItemKey,
    entries: readonly Entry[],
    writing: UsageWriting,
  ): Promise<readonly Entry[]> {
    let [within, owed] = [entries, [] as readonly Entry[]];
    for (let attempt = 1; ; attempt++) {
      const failure = await transact(this.#table, this.#transaction(ledger, within, owed, writing));
      if (failure === undefined) return owed;
      const [done, ...reasons] = failure.CancellationReasons ?? [];
      if (done?.Code === CONDITION_FAILED) {
        const names = done.Item?.[OWED]?.SS ?? [];
        return entries.filter(({ key }) => names.includes(nameOf(key)));
      }
      const isLast = attempt >= MOST_ATTEMPTS;
      const codes = reasons.map(({ Code }) => Code);
      const stuck = within.filter((_, i) => isStuck(codes[i], isLast));
      if (stuck.length > 0) {
        owed = [...owed, ...stuck];
        within = within.filter((entry) => !stuck.includes(entry));
      } else if (isLast) throw failure;
      else await this.#prepare(within, codes, attempt, writing);
    }
  }

  /** Adds a count that its part had to leave out, and strikes it off. */
  async #addOwed(ledger: ItemKey, entry: Entry, writing: UsageWriting): Promise<UncountedPart[]> {
    const TableName = this.#table.name;
    const name = nameOf(entry.key);
    const strike = {
      TableName,
      Key: ledger,
      UpdateExpression: 'DELETE #owed :name',
      ConditionExpression: 'contains(#owed, :text)',
      ExpressionAttributeNames: { '#owed': OWED },
      ExpressionAttributeValues: { ':name': new Set([name]), ':text': name },
    };
    try {
      for (let attempt = 1; ; attempt++) {
        const TransactItems = [{ Update: strike }, { Update: this.#update(entry, writing) }];
        const failure = await transact(this.#table, { TransactItems });
        const [struck, own] = (failure?.CancellationReasons ?? []).map(({ Code }) => Code);
        if (failure === undefined || struck === CONDITION_FAILED) return [];
        if (attempt === MOST_ATTEMPTS || isStuck(own, false)) throw failure;
        await this.#prepare([entry], [own], attempt, writing);
      }
    } catch (cause) {
      return [{ what: `the count ${entry.key.pk} ${entry.key.sk}`, cause }];
    }
  }

  /** Learns what a refused condition was about, and otherwise waits for what was in the way. */
  async #prepare(
    entries: readonly Entry[],
    codes: readonly (string | undefined)[],
    attempt: number,
    writing: UsageWriting,
  ): Promise<void> {
    const full = entries.filter((_, i) => codes[i] === CONDITION_FAILED);
    await Promise.all(full.map(({ key }) => this.#learnFullLists(key)));
    if (full.length === 0) await waitBefore(attempt, writing);
  }

  #transaction(
    ledger: ItemKey,
    entries: readonly Entry[],
    owed: readonly Entry[],
    writing: UsageWriting,
  ): TransactWriteCommandInput {
    const TableName = this.#table.name;
    const names = owed.map(({ key }) => nameOf(key));
    return {
      TransactItems: [
        {
          Put: {
            TableName,
            Item: {
              ...ledger,
              [TTL_ATTRIBUTE]: inDays(BATCH_LIFE_DAYS, writing),
              ...(names.length > 0 && { [OWED]: new Set(names) }),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        ...entries.map((entry) => ({ Update: this.#update(entry, writing) })),
      ],
    };
  }

  #update({ tally, key }: Entry, { retention }: UsageWriting, set?: number) {
    const full = this.#full.get(nameOf(key)) ?? {};
    const update = countUpdate(tally, expiryOf(tally, retention), full, set);
    const { UpdateExpression } = update;
    return { TableName: this.#table.name, Key: key, ...update, UpdateExpression };
  }

  async #learnFullLists(key: ItemKey): Promise<void> {
    this.#full.set(nameOf(key), fullLists((await this.#item(key)) ?? {}));
  }

  async #item({ pk, sk }: ItemKey): Promise<Record<string, unknown> | undefined> {
    const get = new GetCommand({ TableName: this.#table.name, Key: { pk, sk }, ConsistentRead: true });
    return (await this.#table.client.send(get)).Item;
  }
}

interface Entry {
  readonly tally: Tally;
  readonly key: ItemKey;
}

/** Attribute of a part's record: the counts that it left out. */
const OWED = 'owed';

/** Whether a count holds its part up: for what it is, or, in the end, because others are in its way again and again. */
function isStuck(code: string | undefined, isLast: boolean): boolean {
  if (code === 'TransactionConflict' || code === CONDITION_FAILED) return isLast;
  return !passes(code);
}

function nameOf({ pk, sk }: ItemKey): string {
  return compositeKey(pk, sk);
}

/** In seconds since 1970: by the period and not by the clock, so that adding late keeps nothing longer. */
function expiryOf({ subject, period }: Tally, { hourDays, dayDays }: UsageRetention): number {
  const isHour = period.includes('T');
  const end = Date.parse(isHour ? `${period}:00:00Z` : `${period}T00:00:00Z`) / 1000;
  if (subject.kind === 'network' || subject.kind === 'namedKey') return end + TRANSIENT_DAYS * DAY_SECONDS;
  return end + (isHour ? hourDays : dayDays) * DAY_SECONDS;
}
