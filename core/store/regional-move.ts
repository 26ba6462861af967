import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX, TTL_ATTRIBUTE, USED_PREFIX } from '../contract/deployment.ts';
import { type Period, windowOf } from '../domain/decision/limit.ts';
import { writeIf } from './conditional-write.ts';
import { readItem } from './item.ts';
import { credentialIdOf, itemKey, listPartition } from './item-keys.ts';
import { inOrder } from './listing.ts';

/** Longer than any window lasts. */
const KEPT_SECONDS = 120 * 24 * 3600;
/** What the names of attributes begin with that say what of a window was brought from the main table. */
const MOVED_PREFIX = 'moved#';
const WINDOW = new RegExp(`^${USED_PREFIX}([^#]+)#(\\d+)$`);

type Item = Readonly<Record<string, unknown>>;

export interface RegionalMove {
  readonly main: Table;
  readonly regional: Table;
  /** Where both tables are. */
  readonly region: string;
  readonly now: () => Date;
}

/**
 * Brings networks that were seen, and what is used of limits whose windows last, from the main table into the regional
 * one. It may be cut off anywhere, be run again and beside itself, and beside functions that write either table: a network
 * is known for the longer of both times, and of a window each unit that the main table counted is added once.
 * @returns how many networks, and credentials with limits, the regional table did not know
 */
export async function moveToRegional(move: RegionalMove): Promise<{ networks: number; limits: number }> {
  const moved = { networks: 0, limits: 0 };
  for await (const { tenantId } of listed(move.main, listPartition.tenants)) {
    const owner = String(tenantId);
    for (const list of [listPartition.keysOf(owner), listPartition.subscriptionsOf(owner)]) {
      for await (const { keyId, subscriptionId } of listed(move.main, list)) {
        const id = credentialIdOf(String(keyId ?? subscriptionId));
        moved.networks += await moveNetworks(id, move);
        moved.limits += Number(await moveLimits(id, move));
      }
    }
  }
  return moved;
}

function listed(table: Table, value: string): AsyncGenerator<Item> {
  const hash = { name: 'listPk', value };
  return inOrder({ table, index: TABLE_INDEX.list, hash, range: 'listSk' }, {});
}

async function moveNetworks(id: string, { main, regional, now }: RegionalMove): Promise<number> {
  let count = 0;
  const hash = { name: 'pk', value: itemKey.seenNetwork(id, '').pk };
  for await (const seen of inOrder({ table: main, hash, range: 'sk', isConsistent: true }, {})) {
    const until = Number(seen[TTL_ATTRIBUTE]);
    if (until <= now().getTime() / 1000) continue;
    const isNew = await updated(regional, {
      Key: itemKey.seenNetwork(id, String(seen.sk)),
      // Without the event: the main table's stream has brought it.
      UpdateExpression: 'SET #ttl = :until',
      ConditionExpression: 'attribute_not_exists(#ttl) OR #ttl < :until',
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':until': until },
    });
    count += Number(isNew);
  }
  return count;
}

async function moveLimits(id: string, { main, regional, region, now }: RegionalMove): Promise<boolean> {
  const Key = itemKey.limits(id, region);
  for (;;) {
    const counted = await readItem(main, Key);
    if (counted === undefined) return false;
    const addition = additionOf(id, counted, (await readItem(regional, Key)) ?? {}, now().getTime());
    if (addition === undefined) return false;
    if (await updated(regional, { Key, ...addition })) return true;
  }
}

/** What of the main table's counts `own` has not been told of; undefined where it has been of all. */
function additionOf(id: string, counted: Item, own: Item, now: number) {
  const movedOf = (name: string) => own[MOVED_PREFIX + name] as number | undefined;
  const owed = windowsIn(counted)
    .filter(({ period, index }) => windowOf(id, period, index).end > now)
    .filter(({ name }) => Number(counted[name]) > (movedOf(name) ?? 0));
  if (owed.length === 0) return undefined;
  const names: Record<string, string> = { '#ttl': TTL_ATTRIBUTE };
  const values: Record<string, number> = { ':ttl': Math.ceil(now / 1000) + KEPT_SECONDS };
  const sets = ['#ttl = :ttl'];
  const additions: string[] = [];
  const conditions: string[] = [];
  for (const [i, { name, period, index }] of owed.entries()) {
    const [moved, newest] = [movedOf(name), own[`${USED_PREFIX}${period}`] as number | undefined];
    names[`#used${i}`] = name;
    names[`#moved${i}`] = MOVED_PREFIX + name;
    names[`#newest${i}`] = `${USED_PREFIX}${period}`;
    values[`:units${i}`] = Number(counted[name]) - (moved ?? 0);
    values[`:all${i}`] = Number(counted[name]);
    values[`:newest${i}`] = Math.max(index, newest ?? index);
    if (moved !== undefined) values[`:moved${i}`] = moved;
    additions.push(`#used${i} :units${i}`);
    sets.push(`#newest${i} = :newest${i}`, `#moved${i} = :all${i}`);
    conditions.push(
      `(attribute_not_exists(#newest${i}) OR #newest${i} <= :newest${i})`,
      moved === undefined ? `attribute_not_exists(#moved${i})` : `#moved${i} = :moved${i}`,
    );
  }
  return {
    UpdateExpression: `SET ${sets.join(', ')} ADD ${additions.join(', ')}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

/** The newest window of each period. */
function windowsIn(counted: Item): readonly { name: string; period: Period; index: number }[] {
  return Object.keys(counted).flatMap((name) => {
    const [, text = '', index] = WINDOW.exec(name) ?? [];
    if (counted[`${USED_PREFIX}${text}`] !== Number(index)) return [];
    const period = text === 'day' || text === 'month' ? text : Number(text);
    return [{ name, period, index: Number(index) }];
  });
}

/** Whether the condition held. */
function updated(table: Table, update: object): Promise<boolean> {
  return writeIf(table, new UpdateCommand({ TableName: table.name, ...(update as { Key: Item }) }));
}
