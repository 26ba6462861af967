import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { answerRepeatOfKey, planOnKey } from '../../core/management/key-plan.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { doOrWait, repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import { repeatOfWaiting } from '../../core/management/request-approval.ts';
import type { keySchemas } from '../../core/management/schemas/key-schemas.ts';
import type { KeyDependencies } from './dependencies.ts';

/**
 * Creates a key and shows it this once; a repeat with the same `Idempotency-Key` gets the record alone,
 * whatever became of tenant, role and settings since. A key that has to wait for a second admin gets its
 * secret when it is claimed; the one made here is lost.
 */
export async function createKey(
  request: OperationRequest<typeof keySchemas.createKey>,
  dependencies: KeyDependencies,
): Promise<Answer> {
  const { body, context } = request;
  const { keys, tenants, lastUses, randomBytes } = dependencies;
  const idempotency = idempotencyOfRequest('createKey', request);
  const keyId = `key_${newItemId(idempotency, randomBytes)}`;
  const made = idempotency && (await keys.made(keyId, idempotency));
  if (made !== undefined) {
    const tenant = await tenants.get(made.tenantId);
    return repeated(answerRepeatOfKey(made, context, await lastUses.lastUseOf(keyId), tenant));
  }
  const waiting = await repeatOfWaiting(idempotency, context, dependencies);
  if (waiting !== undefined) return waiting;
  const what = { operation: 'createKey', body } as const;
  const place = { tenantId: request.path.tenantId, keyId };
  const plan = await planOnKey(what, place, context, dependencies);
  return doOrWait(what, plan, context, dependencies, idempotency);
}
