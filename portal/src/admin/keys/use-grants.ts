import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { grantsOf } from './grants.ts';
import type { Key } from './key.ts';

/** The permissions of a key with where each came from; undefined until its role is known. */
export function useGrants({ tenantId, role, permissions }: Pick<Key, 'tenantId' | 'role' | 'permissions'>) {
  const { data, error, refetch } = useQuery(
    reading('/v1/tenants/{tenantId}/roles/{role}', { path: { tenantId, role } }),
  );
  return { grants: data && grantsOf(data.permissions, permissions), error, retry: () => void refetch() };
}
