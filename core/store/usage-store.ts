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
import type { UsageCount } from '../domain/access-record.ts';
import { compositeKey } from '../domain/composite-key.ts';
import type { Tally, UsageSubject } from '../domain/usage-tally.ts';
import { type ItemKey, itemKey, usagePartition, usageSortKey } from './item-keys.ts';
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
   * are made by the items' keys alone: another version of the countries' file makes the same ones.
   * @throws TransactionCanceledException when other batches were in the way too often
   */
  async add(batchId: string, tallies: readonly Tally[], writing: UsageWriting): Promise<void> {
    const sorted = tallies
      .map((tally) => ({ tally, key: itemKey.usage(tally.subject, tally.period) }))
      .sort((a, b) => (nameOf(a.key) < nameOf(b.key) ? -1 : 1));
    for (let part = 0; part * TALLIES_PER_TRANSACTION < sorted.length; part++) {
      const start = part * TALLIES_PER_TRANSACTION;
      const entries = sorted.slice(start, start + TALLIES_PER_TRANSACTION);
      await this.#addPart(itemKey.usageBatch(batchId, part), entries, writing);
    }
  }

  /** What was counted of a subject in one period, as it is now. */
  async count(subject: UsageSubject, period: string): Promise<UsageCount> {
    return countOf((await this.#item(itemKey.usage(subject, period))) ?? {});
  }

  /** What was counted of a subject in the periods from `from` to `to`, both included and of one kind. */
  async counts(subject: UsageSubject, from: string, to: string): Promise<PeriodCount[]> {
    const counts: PeriodCount[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': usagePartition(subject),
            ':from': usageSortKey(from),
            ':to': usageSortKey(to),
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

  async #addPart(ledger: ItemKey, entries: readonly Entry[], writing: UsageWriting): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#table.client.send(new TransactWriteCommand(this.#transaction(ledger, entries, writing)));
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [done, ...reasons] = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (done === CONDITION_FAILED) return;
        const full = entries.filter((_, index) => reasons[index] === CONDITION_FAILED);
        await Promise.all(full.map(({ key }) => this.#learnFullLists(key)));
        if (attempt === MOST_ATTEMPTS) throw error;
        if (full.length > 0) continue;
        if (!isPassing([done, ...reasons])) throw error;
        const pause = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** attempt);
        await delay(pause * writing.random());
      }
    }
  }

  #transaction(
    ledger: ItemKey,
    entries: readonly Entry[],
    { retention, now }: UsageWriting,
  ): TransactWriteCommandInput {
    const TableName = this.#table.name;
    const remembered = Math.floor(now().getTime() / 1000) + BATCH_LIFE_DAYS * DAY_SECONDS;
    return {
      TransactItems: [
        {
          Put: {
            TableName,
            Item: { ...ledger, [TTL_ATTRIBUTE]: remembered },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        ...entries.map(({ tally, key }) => {
          const full = this.#full.get(nameOf(key)) ?? {};
          const update = countUpdate(tally, expiryOf(tally, retention), full);
          return { Update: { TableName, Key: key, ...update, UpdateExpression: update.UpdateExpression } };
        }),
      ],
    };
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
const PASSING: readonly (string | undefined)[] = [
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
];

/** Whether what cancelled a transaction goes away by itself. */
function isPassing(reasons: readonly (string | undefined)[]): boolean {
  return reasons.every((reason) => PASSING.includes(reason));
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
