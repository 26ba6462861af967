import type { ApiKey } from '../../core/domain/api-key.ts';
import type { KeyOperation, SecretOperation } from '../../core/domain/approval.ts';
import type { Change, Occasion } from '../../core/domain/audit-event.ts';
import { decideOnKey, waitsForApproval } from '../../core/domain/four-eyes.ts';
import { found } from '../../core/domain/not-found.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { Answer } from '../../core/http/operation.ts';
import { requestApproval } from '../../core/http/request-approval.ts';
import { presentKey } from '../../core/http/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

interface KeyRequest {
  readonly path: { readonly tenantId: string; readonly keyId: string };
  readonly occasion: Occasion;
}

/** Does an operation that shows no secret, and answers with the key as it is then. */
export function changeKey(
  what: KeyOperation,
  request: KeyRequest,
  dependencies: KeyDependencies,
): Promise<Answer> {
  return decideAndWrite(what, request, dependencies, (key, tenant) =>
    decideOnKey(what, key, tenant, request.occasion),
  );
}

/**
 * Reads a key, decides on its change, writes it and answers with the key as it is then; or lets `what` wait
 * for a second admin.
 * @param decide gives undefined when there is nothing to change
 */
export async function decideAndWrite(
  what: KeyOperation | SecretOperation,
  { path, occasion }: KeyRequest,
  dependencies: KeyDependencies,
  decide: (key: ApiKey, tenant: Tenant) => Change<ApiKey> | undefined,
): Promise<Answer> {
  const { keys, tenants, lastUses } = dependencies;
  const [someTenant, key, lastUse] = await Promise.all([
    tenants.get(path.tenantId),
    keys.get(path.tenantId, path.keyId),
    lastUses.lastUseOf(path.keyId),
  ]);
  const [before, tenant] = [found(key), found(someTenant)];
  const change = decide(before, tenant);
  if (change !== undefined) {
    if (waitsForApproval(tenant, change)) return requestApproval(what, change, occasion, dependencies);
    await keys.update(before, change);
  }
  return { status: 200, body: presentKey(change?.state ?? before, occasion.now, lastUse) };
}
