import { createHash } from 'node:crypto';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import type { UsageCount } from '../domain/usage/access-record.ts';
import { BOUNDED, emptyCount, keepOnly, MOST_NAMES, type Tally } from '../domain/usage/usage-tally.ts';

/**
 * A count as an item: one attribute for each number, at the top, so that ADD works whether it is there or
 * not: `n` for the requests, `s#200`, `r#GET /v1/orders` and so on. Each bounded list has a set of the
 * names that it holds, shortened to a few characters of their hash: how large a set is can be a write's
 * condition, and so an item never holds more than twice MOST_NAMES of a list.
 */
const PREFIXES = {
  statuses: 's#',
  routes: 'r#',
  routeErrors: 'e#',
  keys: 'y#',
  apis: 'a#',
  countries: 'c#',
  networks: 'w#',
  secrets: 'u#',
  uses: 'k#',
  steps: 'm#',
  latencies: 'l#',
  causes: 'x#',
  keyIds: 'i#',
} as const satisfies Record<List, string>;
const REQUESTS = 'n';
/** The last set of fresh counts that an item has taken in. */
const TAKEN = 'taken';

type List = Exclude<keyof UsageCount, 'requests'>;
type BoundedList = (typeof BOUNDED)[number];

/** The lists of an item that take no more names, each with the names that it has. */
export type FullLists = Readonly<Partial<Record<BoundedList, { has(name: string): boolean }>>>;

type CountUpdate = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/**
 * The update that adds a tally to its item, on the condition that the lists which are not known to be full
 * take more names.
 * @param expires when the item may go, in seconds since 1970
 * @param set of fresh counts, where the tally is what one comes to: taken in once, in the order of the sets
 */
export function countUpdate({ count }: Tally, expires: number, full: FullLists, set?: number): CountUpdate {
  const names: Record<string, string> = { '#ttl': TTL_ATTRIBUTE };
  const values: Record<string, unknown> = { ':ttl': expires };
  const additions: string[] = [];
  const conditions: string[] = [];
  const add = (attribute: string, by: number) => {
    // An expression may measure 4 KB, and there can be hundreds: no blank is to spare.
    const i = additions.length.toString(36);
    names[`#${i}`] = attribute;
    values[`:${i}`] = by;
    additions.push(`#${i} :${i}`);
  };
  add(REQUESTS, count.requests);
  for (const list of Object.keys(PREFIXES) as List[]) {
    const kept = isBounded(list) ? full[list] : undefined;
    const counts = kept === undefined ? count[list] : keepOnly(count[list], kept);
    for (const [name, by] of Object.entries(counts)) add(PREFIXES[list] + name, by);
    if (!isBounded(list) || kept !== undefined || Object.keys(counts).length === 0) continue;
    names[`#${list}`] = setAttribute(list);
    values[`:${list}`] = new Set(Object.keys(counts).map(short));
    values[':most'] = MOST_NAMES;
    additions.push(`#${list} :${list}`);
    conditions.push(`(attribute_not_exists(#${list}) OR size(#${list}) < :most)`);
  }
  if (set !== undefined) {
    names['#taken'] = TAKEN;
    values[':taken'] = set;
    conditions.push('(attribute_not_exists(#taken) OR #taken < :taken)');
  }
  return {
    UpdateExpression: `SET #ttl = :ttl${set === undefined ? '' : ',#taken = :taken'} ADD ${additions.join(',')}`,
    ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

/** Which of an item's lists are full. */
export function fullLists(item: Readonly<Record<string, unknown>>): FullLists {
  const count = countOf(item);
  const full: Partial<Record<BoundedList, ReadonlySet<string>>> = {};
  for (const list of BOUNDED) {
    const held = item[setAttribute(list)];
    if (held instanceof Set && held.size >= MOST_NAMES) full[list] = new Set(Object.keys(count[list]));
  }
  return full;
}

/** The count that an item holds. */
export function countOf(item: Readonly<Record<string, unknown>>): UsageCount {
  const count = emptyCount();
  count.requests = Number(item[REQUESTS] ?? 0);
  for (const [attribute, value] of Object.entries(item)) {
    for (const [list, prefix] of Object.entries(PREFIXES) as [List, string][]) {
      if (attribute.startsWith(prefix)) count[list][attribute.slice(prefix.length)] = Number(value);
    }
  }
  return count;
}

/** The last set of fresh counts that an item has taken in; -1 for none. */
export function takenBy(item: Readonly<Record<string, unknown>>): number {
  return typeof item[TAKEN] === 'number' ? item[TAKEN] : -1;
}

function isBounded(list: List): list is BoundedList {
  return (BOUNDED as readonly string[]).includes(list);
}

function setAttribute(list: BoundedList): string {
  return `names#${list}`;
}

function short(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 5);
}
