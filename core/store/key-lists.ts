import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import { ID_LENGTH } from '../domain/ground/base62.ts';
import type { ApiKey } from '../domain/keys/api-key.ts';
import { type KeyQuery, nameKeyOf } from '../domain/keys/key-query.ts';
import type { Tenant } from '../domain/tenants/tenant.ts';
import { stateOf } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey, listPartition } from './item-keys.ts';
import { listItems } from './item-lists.ts';
import { positionOf, type UsedKey, withLastUse } from './key-store.ts';
import type { LastUseStore } from './last-use-store.ts';
import { type Page, Stop, takePage } from './listing.ts';
import { positionOfTenant, type TenantStore } from './tenant-store.ts';

const MOST_EXAMINED = 1000;
/** Whose first keys are asked for at the same time, and how many tenants one page asks about. */
const TENANTS_AT_ONCE = 10;
const MOST_TENANTS = 100;
const QUERY_LIMIT = 100;
/** Sorts after all that a name can go on with. */
const LAST = '\u{10ffff}';

/** Where a list of several tenants' keys goes on: after a key of a tenant's, or after the tenant. */
export interface KeyPosition {
  /** The tenant's place among tenants: when it was made, and its id. */
  readonly tenant: string;
  readonly key?: string;
}

/** A key, when it was last used, and whose it is. */
export interface TenantsKey extends UsedKey {
  readonly tenant: Tenant | undefined;
}

interface PlacedKey {
  readonly tenant: string;
  readonly key: string;
  readonly used: TenantsKey;
}

/** What a page is to hold. */
export interface KeyListOptions {
  readonly limit: number;
  readonly from: KeyPosition | undefined;
  readonly matches: (used: TenantsKey) => boolean;
}

/** Lists of keys of several tenants: tenant by tenant, the newest first, and of each the newest keys, or by name. */
export class KeyLists {
  readonly #table: Table;
  readonly #tenants: Pick<TenantStore, 'list' | 'get'>;
  readonly #lastUses: LastUseStore;

  constructor(table: Table, tenants: Pick<TenantStore, 'list' | 'get'>, lastUses: LastUseStore) {
    this.#table = table;
    this.#tenants = tenants;
    this.#lastUses = lastUses;
  }

  /**
   * Keys of tenants, each tenant's newest first, or where a name's beginning is given in the order of names.
   * @param which the tenants' ids, or `*` for all
   */
  async list(
    which: '*' | readonly string[],
    query: KeyQuery | undefined,
    { limit, from, matches }: KeyListOptions,
  ): Promise<Page<TenantsKey>> {
    const listOf = (tenantId: string, after: string | undefined) =>
      withLastUse(
        query === undefined
          ? listItems<ApiKey>(this.#table, listPartition.keysOf(tenantId), after)
          : this.#named(tenantId, query.namePrefix, { after, size: limit + 1 }),
        this.#lastUses,
        limit,
      );
    const placeOf = query === undefined ? positionOf : nameKeyOf;
    const page = await takePage(this.#walk(which, from, listOf, placeOf), {
      limit,
      matches: ({ used }: PlacedKey) => matches(used),
      positionOf: formatPosition,
      shownOf: ({ used }) => used,
      mostExamined: MOST_EXAMINED,
    });
    return { items: page.items.map(({ used }) => used), next: page.next };
  }

  /** Keys of these tenants whose newest secret ends so; as many as are found at once. */
  async withHint(which: '*' | readonly string[], hint: string): Promise<readonly TenantsKey[]> {
    const found = await this.#query(TABLE_INDEX.hints, {
      KeyConditionExpression: 'hintKey = :hint',
      ExpressionAttributeValues: { ':hint': hint },
    });
    const keys = await this.#whole(found.map(({ pk }) => String(pk)));
    const seen = keys.filter(({ tenantId }) => which === '*' || which.includes(tenantId));
    const uses = await this.#lastUses.lastUsed(seen.map(({ keyId }) => keyId));
    const ids = [...new Set(seen.map(({ tenantId }) => tenantId))];
    const tenants = new Map(
      await Promise.all(ids.map(async (id) => [id, await this.#tenants.get(id)] as const)),
    );
    return seen.map((key) => ({ key, lastUse: uses.get(key.keyId), tenant: tenants.get(key.tenantId) }));
  }

  async *#walk(
    which: '*' | readonly string[],
    from: KeyPosition | undefined,
    listOf: (tenantId: string, after: string | undefined) => AsyncGenerator<UsedKey>,
    positionOf: (key: ApiKey) => string,
  ): AsyncGenerator<PlacedKey | Stop> {
    const placed = (place: string, tenant: Tenant | undefined) => (used: UsedKey) => ({
      tenant: place,
      key: positionOf(used.key),
      used: { ...used, tenant },
    });
    if (from?.key !== undefined) {
      const place = placed(from.tenant, await this.#tenants.get(tenantOf(from)));
      for await (const used of listOf(tenantOf(from), from.key)) yield place(used);
    }
    let before = from?.tenant;
    for (let asked = 0; ; asked += TENANTS_AT_ONCE) {
      if (asked === MOST_TENANTS && before !== undefined) return yield new Stop(before);
      const { items, next } = await this.#tenants.list(which, { limit: TENANTS_AT_ONCE, before });
      const lists = items.map(({ tenantId }) => listOf(tenantId, undefined));
      const heads = await Promise.all(lists.map((list) => list.next()));
      for (const [i, tenant] of items.entries()) {
        const [list, head] = [lists[i], heads[i]];
        if (list === undefined || head === undefined || head.done) continue;
        const place = placed(positionOfTenant(tenant), tenant);
        yield place(head.value);
        for await (const used of list) yield place(used);
      }
      if (next === null) return;
      before = next;
    }
  }

  /** Those whose names begin so, in the order of names, read whole so many at a time: two at least. */
  async *#named(
    tenantId: string,
    prefix: string,
    { after, size }: { readonly after: string | undefined; readonly size: number },
  ): AsyncGenerator<ApiKey> {
    let last = after ?? prefix;
    for (;;) {
      const found = await this.#query(TABLE_INDEX.names, {
        Limit: size,
        KeyConditionExpression: 'namePk = :tenant AND nameKey BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':tenant': listPartition.keyNamesOf(tenantId),
          ':from': last,
          ':to': prefix + LAST,
        },
      });
      // BETWEEN includes what the list goes on after.
      const entries = found.filter(({ nameKey }) => nameKey !== after && nameKey !== last);
      const keys = await this.#whole(entries.map(({ pk }) => String(pk)));
      // The index may be behind a rename.
      yield* keys.filter((key) => nameKeyOf(key).startsWith(prefix));
      const end = found.at(-1)?.nameKey;
      if (end === undefined || found.length < size) return;
      last = String(end);
    }
  }

  async #query(
    index: string,
    condition: Pick<QueryCommandInput, 'Limit' | 'KeyConditionExpression' | 'ExpressionAttributeValues'>,
  ): Promise<readonly Record<string, unknown>[]> {
    const { client, name } = this.#table;
    const query = { TableName: name, IndexName: index, Limit: QUERY_LIMIT, ...condition };
    return (await client.send(new QueryCommand(query))).Items ?? [];
  }

  /** In the order that is asked for. */
  async #whole(partitions: readonly string[]): Promise<readonly ApiKey[]> {
    const whole = new Map<string, ApiKey>();
    const keys = partitions.map((pk) => itemKey.credential(pk.slice(-ID_LENGTH)));
    for await (const item of itemsByKey(this.#table, keys)) whole.set(String(item.pk), stateOf<ApiKey>(item));
    return partitions.flatMap((pk) => whole.get(pk) ?? []);
  }
}

/** A place between the tenants of a list, and the keys of one of them. */
export function formatPosition({ tenant, key }: KeyPosition): string {
  return key === undefined ? tenant : `${tenant} ${key}`;
}

/** Whose keys a list goes on with. */
export function tenantOf({ tenant }: KeyPosition): string {
  return tenant.slice(tenant.indexOf('#') + 1);
}
