import type { UseMutationResult } from '@tanstack/react-query';
import { isWaiting } from '../../../../client/keywright-client.ts';
import { api } from '../../shared/api/api.ts';
import { useChange } from '../../shared/api/change.ts';

export const TENANT = '/v1/tenants/{tenantId}';
/** What is read anew once a tenant was changed. */
export const STALE_WITH_TENANT = [TENANT, '/v1/tenants', '/v1/me', '/v1/approvals'];

/** What is said where a change waits. */
export const WAITS = {
  type: 'info',
  header: 'This waits for a second admin',
  content: 'Nothing was changed so far.',
} as const;

interface Options {
  /** What is said once it is done. */
  readonly done: string;
  readonly after: () => void;
}

/** One change of a tenant, which may wait for a second admin. */
export function useTenantChange(
  tenantId: string,
  body: { readonly status?: 'active' | 'suspended'; readonly sandboxOnly?: false },
  { done, after }: Options,
): UseMutationResult<object, Error, void> {
  return useChange(async () => (await api.PATCH(TENANT, { params: { path: { tenantId } }, body })).data, {
    stale: STALE_WITH_TENANT,
    after,
    done: (result) => (isWaiting(result) ? WAITS : { type: 'success', header: done }),
  });
}
