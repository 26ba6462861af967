import { createKey as decide } from '../../core/domain/api-key-lifecycle.ts';
import { mintSecret } from '../../core/domain/api-key-secret.ts';
import { waitsForApproval } from '../../core/domain/four-eyes.ts';
import { newItemId } from '../../core/domain/idempotency.ts';
import { found } from '../../core/domain/not-found.ts';
import { withUsagePlanKey } from '../../core/domain/usage-plan.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import { idempotencyOfRequest, REPLAYED } from '../../core/http/replay.ts';
import { requestApproval } from '../../core/http/request-approval.ts';
import { type keySchemas, presentKey } from '../../core/http/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

/**
 * Creates a key and shows it this once; a repeat with the same `Idempotency-Key` gets the record alone. A key
 * that has to wait for a second admin gets its id and its secret when it is claimed; this one is lost.
 */
export async function createKey(
  request: OperationRequest<typeof keySchemas.createKey>,
  dependencies: KeyDependencies,
): Promise<Answer> {
  const { body, occasion } = request;
  const { keys, tenants, lastUses, usagePlanKeys, randomBytes, keyFormat } = dependencies;
  const tenant = found(await tenants.get(request.path.tenantId));
  const idempotency = idempotencyOfRequest('createKey', request);
  const input = { ...body, keyId: `key_${newItemId(idempotency, randomBytes)}` };
  const pepper = await dependencies.pepper();
  const { text, secret } = mintSecret(input, { keyFormat, pepper, randomBytes });
  const change = decide(tenant, input, secret, occasion);
  if (waitsForApproval(tenant, change)) {
    return requestApproval({ operation: 'createKey', body }, change, occasion, dependencies, idempotency);
  }
  // Where there is one already, the insertion says what that means.
  const repeats = idempotency !== undefined && (await keys.get(tenant.tenantId, input.keyId)) !== undefined;
  const created = repeats ? change : await withUsagePlanKey(change, usagePlanKeys, pepper);
  const { state, replayed } = await keys.create(created, idempotency);
  const key = presentKey(state, occasion.now, replayed ? await lastUses.lastUseOf(state.keyId) : undefined);
  return replayed
    ? { status: 200, headers: REPLAYED, body: { key } }
    : { status: 201, body: { key, secret: text } };
}
