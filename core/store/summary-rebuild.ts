import type { Table } from '../aws/document-client.ts';
import { TABLE_INDEX } from '../contract/deployment.ts';
import { readItem } from './item.ts';
import { credentialIdOf, type ItemKey, itemKey, listPartition } from './item-keys.ts';
import { inOrder } from './listing.ts';
import { ALL_TENANTS, countedOf, type SummaryStore } from './summary-store.ts';

/**
 * Counts everything anew, item by item, and adds each summary up: after a loss, and for what was there before
 * summaries were kept. Others may change things meanwhile, and it may be cut off anywhere and run again.
 * @param main the table of items
 * @returns how many tenants there are
 */
export async function rebuildSummaries(main: Table, summaries: SummaryStore): Promise<number> {
  const tenants: string[] = [];
  for await (const { tenantId } of listed(main, listPartition.tenants)) tenants.push(String(tenantId));
  const { keysOf, subscriptionsOf, alertsOf, approvals, signUps } = listPartition;
  const lists = tenants.flatMap((id) => [keysOf(id), subscriptionsOf(id), alertsOf(id)]);
  const seen = new Set<string>();
  for (const list of [approvals, signUps, alertsOf(null), ...lists]) {
    for await (const item of listed(main, list)) {
      const counted = countedOf(item);
      if (counted === undefined) continue;
      await summaries.note(counted);
      seen.add(counted.id);
    }
  }
  const isThere = async (id: string) => seen.has(id) || (await readItem(main, keyOf(id))) !== undefined;
  for (const owner of [...tenants, ALL_TENANTS]) await summaries.addUp(owner, isThere);
  return tenants.length;
}

function listed(table: Table, value: string): AsyncGenerator<Record<string, unknown>> {
  const hash = { name: 'listPk', value };
  return inOrder({ table, index: TABLE_INDEX.list, hash, range: 'listSk' }, {});
}

/** Where what was counted is, or was. */
function keyOf(id: string): ItemKey {
  if (id.startsWith('apr_')) return itemKey.approval(id);
  if (id.startsWith('signup_')) return itemKey.signUp(id);
  return id.startsWith('alert_') ? itemKey.alert(id) : itemKey.credential(credentialIdOf(id));
}
