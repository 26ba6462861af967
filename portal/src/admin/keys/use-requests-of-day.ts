import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';

/** How many requests a key or subscription has made in about a day; undefined until that is known. */
export function useRequestsOfDay({
  tenantId,
  keyId,
}: {
  tenantId: string;
  keyId: string;
}): number | undefined {
  const { data } = useQuery(reading('/v1/usage', { query: { tenantId, keyId, groupBy: 'hour' } }));
  return data?.groups.reduce((sum, { requests }) => sum + requests, 0);
}
