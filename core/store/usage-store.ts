import { setTimeout as delay } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { BoundedMap } from '../access/bounded-map.ts';
import type { Table } from '../aws/document-client.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { compositeKey } from '../domain/ground/composite-key.ts';
import type { UsageCount } from '../domain/usage/access-record.ts';
import type { Tally, UsageSubject } from '../domain/usage/usage-tally.ts';
import { type ItemKey, itemKey } from './item-keys.ts';
import { countOf, countUpdate, type FullLists, fullLists } from './usage-count.ts';

/** How long counts are kept. */
export interface UsageRetention {
  readonly hourDays: number;
  readonly dayDays: number;
}

/** What a store needs to write. */
export interface UsageWriting {
  readonly retention: UsageRetention;
  readonly now: () => Date;
  readonly random: () => number;
}

/** What was counted of a subject in a period: `yyyy-mm-ddThh` or `yyyy-mm-dd`, UTC. */
export interface PeriodCount {
  readonly period: string;
  readonly count: UsageCount;
}

/** What of a batch could not be counted, and why. */
export interface UncountedPart {
  readonly what: string;
  readonly cause: unknown;
}

/** DynamoDB's limit of a transaction is 100 items; one of them says that it was done. */
const TALLIES_PER_TRANSACTION = 99;
/** That a batch was counted is remembered for longer than its lines can lie in the dead-letter queue. */
const BATCH_LIFE_DAYS = 30;
const DAY_SECONDS = 86_400;
const MOST_ATTEMPTS = 10;
const FIRST_PAUSE_MILLISECONDS = 20;
const LONGEST_PAUSE_MILLISECONDS = 1_000;
/** Items with full lists that an instance remembers. */
const MOST_FULL_ITEMS = 1_000;
/** A subject's counts of one hour may go a period later. */
const TRANSIENT_DAYS = 2;

/** Counts of requests, by subject and hour or day: the usage table. */
export class UsageStore {
  readonly #table: Table;
  readonly #full = new BoundedMap<string, FullLists>(MOST_FULL_ITEMS);

  constructor(table: Table) {
    this.#table = table;
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

  /** What was counted of a subject in one period, as it is now. */
  async count(subject: UsageSubject, period: string): Promise<UsageCount> {
    return countOf((await this.#item(itemKey.usage(subject, period))) ?? {});
  }

  /** What was counted of a subject in the periods from `from` to `to`, both included and of one kind. */
  async counts(subject: UsageSubject, from: string, to: string): Promise<PeriodCount[]> {
    const counts: PeriodCount[] = [];
    const [first, last] = [itemKey.usage(subject, from), itemKey.usage(subject, to)];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': first.pk,
            ':from': first.sk,
            ':to': last.sk,
          },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const item of Items ?? []) {
        counts.push({ period: String(item.sk).split('#')[1] ?? '', count: countOf(item) });
      }
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return counts;
  }

  /** Adds a part but for what stands in its way; returns what is owed of it, by now or since an earlier delivery. */
  async #addPart(
    ledger: ItemKey,
    entries: readonly Entry[],
    writing: UsageWriting,
  ): Promise<readonly Entry[]> {
    let [within, owed] = [entries, [] as readonly Entry[]];
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#send(this.#transaction(ledger, within, owed, writing));
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
        const failure = await this.#send({ TransactItems });
        const [struck, own] = (failure?.CancellationReasons ?? []).map(({ Code }) => Code);
        if (failure === undefined || struck === CONDITION_FAILED) return [];
        if (attempt === MOST_ATTEMPTS || isStuck(own, false)) throw failure;
        await this.#prepare([entry], [own], attempt, writing);
      }
    } catch (cause) {
      return [{ what: `the count ${entry.key.pk} ${entry.key.sk}`, cause }];
    }
  }

  /** Undefined when it was done. @throws whatever is no cancellation, or one that does not pass */
  async #send(input: TransactWriteCommandInput): Promise<TransactionCanceledException | undefined> {
    try {
      await this.#table.client.send(new TransactWriteCommand(input));
      return undefined;
    } catch (error) {
      if (error instanceof TransactionCanceledException) return error;
      throw error;
    }
  }

  /** Learns what a refused condition was about, and otherwise waits for what was in the way. */
  async #prepare(
    entries: readonly Entry[],
    codes: readonly (string | undefined)[],
    attempt: number,
    { random }: UsageWriting,
  ): Promise<void> {
    const full = entries.filter((_, i) => codes[i] === CONDITION_FAILED);
    await Promise.all(full.map(({ key }) => this.#learnFullLists(key)));
    const pause = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** attempt);
    if (full.length === 0) await delay(pause * random());
  }

  #transaction(
    ledger: ItemKey,
    entries: readonly Entry[],
    owed: readonly Entry[],
    writing: UsageWriting,
  ): TransactWriteCommandInput {
    const TableName = this.#table.name;
    const remembered = Math.floor(writing.now().getTime() / 1000) + BATCH_LIFE_DAYS * DAY_SECONDS;
    const names = owed.map(({ key }) => nameOf(key));
    return {
      TransactItems: [
        {
          Put: {
            TableName,
            Item: {
              ...ledger,
              [TTL_ATTRIBUTE]: remembered,
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

  #update({ tally, key }: Entry, { retention }: UsageWriting) {
    const full = this.#full.get(nameOf(key)) ?? {};
    const update = countUpdate(tally, expiryOf(tally, retention), full);
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

const CONDITION_FAILED = 'ConditionalCheckFailed';
/** Attribute of a part's record: the counts that it left out. */
const OWED = 'owed';
const PASSING: readonly (string | undefined)[] = [
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
];

/** Whether a count holds its part up: for what it is, or, in the end, because others are in its way again and again. */
function isStuck(code: string | undefined, isLast: boolean): boolean {
  if (code === 'TransactionConflict' || code === CONDITION_FAILED) return isLast;
  return code !== undefined && !PASSING.includes(code);
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
