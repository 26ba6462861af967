import { setTimeout as pause } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import {
  countersOf,
  differenceOf,
  type Summarized,
  type SummaryCounter,
} from '../domain/security/tenant-summary.ts';
import { writeIf } from './conditional-write.ts';
import { type ItemKey, itemKey } from './item-keys.ts';

/** What one item of the main table counts for, at one of its revisions. */
export interface Counted {
  /** Null for what belongs to no tenant. */
  readonly tenantId: string | null;
  /** `key_…`, `sub_…`, `apr_…` or `alert_…`. */
  readonly id: string;
  readonly revision: number;
  readonly counters: readonly SummaryCounter[];
}

/** Whose summary has everything. */
export const ALL_TENANTS = '*';

const MOST_ATTEMPTS = 12;
const LONGEST_PAUSE_MILLISECONDS = 200;
/** What counts for nothing is remembered for as long as an earlier state of it may come again. */
const NOTHING_SECONDS = 30 * 86_400;
const WRITES = 'writes';
const COUNTER = 'c#';

/** Summaries in the usage table: one item of counters for each tenant, and beside it what each item counted for. */
export class SummaryStore {
  readonly #table: Table;
  readonly #now: () => Date;

  constructor(table: Table, now: () => Date) {
    this.#table = table;
    this.#now = now;
  }

  /** The counters of a tenant, or of `ALL_TENANTS`; those that are not there are 0. */
  async read(owner: string): Promise<ReadonlyMap<string, number>> {
    const item = (await this.#item(itemKey.summary(owner))) ?? {};
    return new Map(
      Object.entries(item).flatMap(([name, value]) =>
        name.startsWith(COUNTER) ? [[name.slice(COUNTER.length), Number(value)] as const] : [],
      ),
    );
  }

  /**
   * Counts an item as it is at a revision, in place of what it counted for. It may be told again and in any order:
   * an earlier revision changes nothing any more.
   */
  async note(counted: Counted): Promise<void> {
    if (counted.tenantId !== null) await this.#noteFor(counted.tenantId, counted);
    await this.#noteFor(ALL_TENANTS, counted);
  }

  /**
   * Adds a summary up anew from what each item counts for.
   * @param isThere whether there is such an item still
   */
  async addUp(owner: string, isThere: (id: string) => Promise<boolean>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.#item(itemKey.summary(owner));
      const totals: Record<string, number> = {};
      for await (const { sk, counters } of this.#counted(owner)) {
        const isCounted = counters !== '' && (await isThere(sk));
        if (isCounted) for (const name of namesIn(counters)) totals[name] = (totals[name] ?? 0) + 1;
      }
      if (await this.#replace(owner, totals, Number(before?.[WRITES] ?? 0))) return;
      if (attempt === MOST_ATTEMPTS) throw new Error(`${owner} is changed all the time; try again later`);
    }
  }

  async #noteFor(owner: string, { id, revision, counters }: Counted): Promise<void> {
    const key = itemKey.counted(owner, id);
    for (let attempt = 1; ; attempt++) {
      const stored = (await this.#item(key)) as Stored | undefined;
      if (stored !== undefined && stored.revision > revision) return;
      const difference = differenceOf(namesIn(stored?.counters), counters);
      if (stored?.revision === revision && difference.size === 0) return;
      try {
        await this.#table.client.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: this.#row(key, { revision, counters: counters.join(' ') }, stored) },
              ...(difference.size > 0 ? [{ Update: this.#addition(owner, difference) }] : []),
            ],
          }),
        );
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException) || attempt === MOST_ATTEMPTS) throw error;
        await pause(Math.random() * Math.min(LONGEST_PAUSE_MILLISECONDS, 5 * 2 ** attempt));
      }
    }
  }

  #row(key: ItemKey, { revision, counters }: Stored, before: Stored | undefined) {
    const ends = Math.floor(this.#now().getTime() / 1000) + NOTHING_SECONDS;
    return {
      TableName: this.#table.name,
      Item: { ...key, revision, counters, ...(counters === '' && { [TTL_ATTRIBUTE]: ends }) },
      ...(before === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'revision = :revision AND counters = :counters',
            ExpressionAttributeValues: { ':revision': before.revision, ':counters': before.counters },
          }),
    };
  }

  #addition(owner: string, difference: ReadonlyMap<string, number>) {
    const entries = [...difference];
    return {
      TableName: this.#table.name,
      Key: itemKey.summary(owner),
      UpdateExpression: `ADD ${WRITES} :one, ${entries.map((_, i) => `#${i} :${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name], i) => [`#${i}`, COUNTER + name])),
      ExpressionAttributeValues: {
        ':one': 1,
        ...Object.fromEntries(entries.map(([, by], i) => [`:${i}`, by])),
      },
    };
  }

  /** False when somebody counted meanwhile. */
  async #replace(owner: string, totals: Record<string, number>, writes: number): Promise<boolean> {
    const counters = Object.entries(totals).map(([name, total]) => [COUNTER + name, total]);
    return writeIf(
      this.#table,
      new PutCommand({
        TableName: this.#table.name,
        Item: { ...itemKey.summary(owner), ...Object.fromEntries(counters), [WRITES]: writes + 1 },
        ConditionExpression: `attribute_not_exists(pk) OR ${WRITES} = :writes`,
        ExpressionAttributeValues: { ':writes': writes },
      }),
    );
  }

  async *#counted(owner: string): AsyncGenerator<Stored & { readonly sk: string }> {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': itemKey.counted(owner, '').pk },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      yield* (Items ?? []) as (Stored & { readonly sk: string })[];
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }

  async #item({ pk, sk }: ItemKey): Promise<Record<string, unknown> | undefined> {
    const get = new GetCommand({ TableName: this.#table.name, Key: { pk, sk }, ConsistentRead: true });
    return (await this.#table.client.send(get)).Item;
  }
}

interface Stored {
  readonly revision: number;
  /** Names with blanks between. */
  readonly counters: string;
}

function namesIn(counters = ''): readonly string[] {
  return counters.split(' ').filter((name) => name !== '');
}

const KINDS: Readonly<Record<string, readonly [Summarized['kind'], string][]>> = {
  CRED: [
    ['key', 'keyId'],
    ['subscription', 'subscriptionId'],
  ],
  APPROVAL: [['approval', 'approvalId']],
  SIGNUP: [['signUp', 'signUpId']],
  ALERT: [['alert', 'alertId']],
};

/**
 * What an item of the main table counts for; undefined for what no summary counts.
 * @param isGone true where the item is no more
 */
export function countedOf(item: Readonly<Record<string, unknown>>, isGone = false): Counted | undefined {
  const kinds = KINDS[String(item.pk).split('#')[0] ?? ''] ?? [];
  const [kind, idName] = kinds.find(([, name]) => typeof item[name] === 'string') ?? [];
  if (kind === undefined || idName === undefined || typeof item.revision !== 'number') return undefined;
  return {
    tenantId: typeof item.tenantId === 'string' ? item.tenantId : null,
    id: String(item[idName]),
    revision: item.revision,
    counters: isGone ? [] : countersOf({ kind, state: item } as unknown as Summarized),
  };
}
