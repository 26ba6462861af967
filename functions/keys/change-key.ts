import type { ApiKey } from '../../core/domain/api-key.ts';
import type { Change, Occasion } from '../../core/domain/audit-event.ts';
import { found } from '../../core/domain/not-found.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { Answer } from '../../core/http/operation.ts';
import { presentKey } from '../../core/http/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

interface KeyRequest {
  readonly path: { readonly tenantId: string; readonly keyId: string };
  readonly occasion: Occasion;
}

/**
 * Reads a key, decides on its change, writes it and answers with the key as it is then.
 * @param decide gives undefined when there is nothing to change
 */
export async function changeKey(
  { path, occasion }: KeyRequest,
  { keys, tenants }: KeyDependencies,
  decide: (key: ApiKey, tenant: Tenant) => Change<ApiKey> | undefined,
): Promise<Answer & { body: ReturnType<typeof presentKey> }> {
  const [tenant, key] = await Promise.all([tenants.get(path.tenantId), keys.get(path.tenantId, path.keyId)]);
  const before = found(key);
  const change = decide(before, found(tenant));
  if (change !== undefined) await keys.update(before, change);
  return { status: 200, body: presentKey(change?.state ?? before, occasion.now) };
}
