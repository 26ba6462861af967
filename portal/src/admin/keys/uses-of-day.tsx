import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { Facts } from '../../shared/show/facts.tsx';
import { count } from '../../shared/show/limits.ts';
import { Time } from '../../shared/show/time.tsx';
import type { Key } from './key.ts';
import { networksOf } from './networks.ts';

/** Who would notice that a key is gone: how often, from where and when it was used at last. */
export function UsesOfDay({ of: { tenantId, keyId, lastUsedAt } }: { of: Key }) {
  const { data } = useQuery(reading('/v1/usage', { query: { tenantId, keyId, groupBy: 'network' } }));
  return (
    <Facts
      columns={2}
      facts={[
        ['Last used', <Time key="used" at={lastUsedAt} fallback="Never" />],
        ['Requests in 24 hours', data && count(data.total.requests)],
        ['From networks', data && networksOf(data.groups)],
      ]}
    />
  );
}
