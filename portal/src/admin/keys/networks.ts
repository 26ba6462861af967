import { countedInWords } from '../../../../core/contract/usage-names.ts';
import { count } from '../../shared/show/limits.ts';

const MOST_NETWORKS = 5;

/** "203.0.113.0/24 (12), 198.51.100.0/24 (3) and 2 more", the busiest first. */
export function networksOf(groups: readonly { readonly group: string; readonly requests: number }[]): string {
  const sums = new Map<string, number>();
  for (const { group, requests } of groups) sums.set(group, (sums.get(group) ?? 0) + requests);
  const all = [...sums].sort(([, a], [, b]) => b - a);
  if (all.length === 0) return 'Nowhere';
  const named = all
    .slice(0, MOST_NETWORKS)
    .map(([network, requests]) => `${countedInWords(network)} (${count(requests)})`)
    .join(', ');
  return all.length > MOST_NETWORKS ? `${named} and ${all.length - MOST_NETWORKS} more` : named;
}
